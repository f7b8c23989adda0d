// SPDX-License-Identifier: Apache-2.0
// TLS as a client, against a server with a certificate made for the test.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <list>

#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "http/client.hpp"

namespace vigie::http {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;

struct Certificate {
  std::string certificate;  // PEM
  std::string key;
};

std::string drain(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  std::string text{data, static_cast<std::size_t>(size)};
  BIO_free(bio);
  return text;
}

// Its own authority, valid for the name for an hour.
Certificate make_certificate(const std::string& name) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* x509 = X509_new();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
  X509_set_pubkey(x509, key);
  X509_NAME* subject = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("Vigie test"), -1, -1, 0);
  X509_set_issuer_name(x509, subject);
  const std::string names = "DNS:" + name;
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(x509, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(x509, key, EVP_sha256());
  BIO* certificate = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate, x509);
  BIO* secret = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
  X509_free(x509);
  EVP_PKEY_free(key);
  return {drain(certificate), drain(secret)};
}

// Answers one connection after the other over TLS, as often as the client asks.
class TlsScript {
 public:
  explicit TlsScript(std::string answer, bool says_goodbye = true)
      : answer_{std::move(answer)},
        says_goodbye_{says_goodbye},
        context_{asio::ssl::context::tls_server},
        acceptor_{io.get_executor(), tcp::endpoint{asio::ip::address_v4::loopback(), 0}},
        tasks_{io.get_executor(), [](const std::string&, std::exception_ptr) { FAIL(); }} {
    const auto pair = make_certificate("localhost");
    certificate = pair.certificate;
    context_.use_certificate(asio::buffer(pair.certificate), asio::ssl::context::pem);
    context_.use_private_key(asio::buffer(pair.key), asio::ssl::context::pem);
    tasks_.spawn("TLS script", play());
  }
  ~TlsScript() {
    tasks_.cancel();
    vigie::testing::run(io, tasks_.join());
  }
  TlsScript(const TlsScript&) = delete;
  TlsScript& operator=(const TlsScript&) = delete;

  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }

  asio::io_context io;
  std::string certificate;
  std::string asked_name;
  int connections = 0;
  int requests = 0;

 private:
  Async<> play() {
    while (true) {
      auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
      ++connections;
      co_await serve(std::move(socket));
    }
  }

  Async<> serve(tcp::socket socket) {
    asio::ssl::stream<tcp::socket> stream{std::move(socket), context_};
    boost::system::error_code failed;
    co_await stream.async_handshake(asio::ssl::stream_base::server,
                                    asio::redirect_error(asio::use_awaitable, failed));
    const char* name = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name);
    asked_name = name == nullptr ? "" : name;
    std::string received;
    while (!failed) {
      const auto size =
          co_await asio::async_read_until(stream, asio::dynamic_buffer(received), "\r\n\r\n",
                                          asio::redirect_error(asio::use_awaitable, failed));
      if (failed) {
        break;
      }
      received.erase(0, size);
      ++requests;
      co_await asio::async_write(stream, asio::buffer(answer_),
                                 asio::redirect_error(asio::use_awaitable, failed));
      if (answer_.find("Content-Length") == std::string::npos) {
        break;
      }
    }
    if (says_goodbye_) {
      co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, failed));
    }
  }

  std::string answer_;
  bool says_goodbye_;
  asio::ssl::context context_;
  tcp::acceptor acceptor_;
  TaskGroup tasks_;
};

// Makes OpenSSL trust the certificate for as long as this lives.
class Trust {
 public:
  explicit Trust(const std::string& certificate)
      : path_{std::filesystem::path{::testing::TempDir()} /
              ("vigie_http_authority_" + std::to_string(::getpid()) + ".pem")} {
    std::ofstream{path_} << certificate;
    ::setenv("SSL_CERT_FILE", path_.c_str(), 1);
  }
  ~Trust() {
    ::unsetenv("SSL_CERT_FILE");
    std::filesystem::remove(path_);
  }
  Trust(const Trust&) = delete;
  Trust& operator=(const Trust&) = delete;

 private:
  std::filesystem::path path_;
};

const std::string hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

Result<Response> send(asio::io_context& io, const std::string& url, milliseconds timeout) {
  const AddressGuard guard{{url}, {}};
  const auto client = create_client(io.get_executor(), guard);
  ClientRequest request;
  request.url = url;
  request.timeout = timeout;
  return vigie::testing::run(io, client->send(std::move(request)));
}

constexpr milliseconds patience{5000};

TEST(ClientTls, TalksToAHostWithAValidCertificate) {
  TlsScript script{hello};
  const Trust trust{script.certificate};

  const auto response = send(script.io, script.url("localhost"), patience);

  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(script.asked_name, "localhost");
}

TEST(ClientTls, RefusesACertificateNobodySigned) {
  TlsScript script{hello};

  const auto response = send(script.io, script.url("localhost"), patience);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::unavailable);
  EXPECT_NE(response.error().what.find("certificate"), std::string::npos) << response.error().what;
  EXPECT_EQ(script.requests, 0) << "nothing is asked of a stranger";
}

TEST(ClientTls, RefusesACertificateOfAnotherHost) {
  TlsScript script{hello};
  const Trust trust{script.certificate};

  const auto response = send(script.io, script.url("127.0.0.1"), patience);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::unavailable);
  EXPECT_EQ(script.requests, 0);
}

Async<> accept_and(tcp::acceptor& acceptor, std::string words, std::list<tcp::socket>& kept) {
  while (true) {
    kept.push_back(co_await acceptor.async_accept(asio::use_awaitable));
    co_await asio::async_write(kept.back(), asio::buffer(words), asio::use_awaitable);
  }
}

Result<Response> ask_a_stranger(const std::string& words, milliseconds timeout) {
  asio::io_context io;
  tcp::acceptor acceptor{io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  std::list<tcp::socket> kept;
  TaskGroup tasks{io.get_executor(), [](const std::string&, std::exception_ptr) { FAIL(); }};
  tasks.spawn("stranger", accept_and(acceptor, words, kept));
  const auto url = "https://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";
  auto response = send(io, url, timeout);
  tasks.cancel();
  vigie::testing::run(io, tasks.join());
  return response;
}

TEST(ClientTls, DoesNotWaitForAHandshakeThatNeverComes) {
  EXPECT_EQ(ask_a_stranger("", milliseconds{100}).error().code, Errc::timeout);
}

TEST(ClientTls, SaysThatTheOtherEndSpeaksNoTls) {
  EXPECT_EQ(ask_a_stranger("HTTP/1.1 400 Bad Request\r\n\r\n", patience).error().code,
            Errc::unavailable);
}

TEST(ClientTls, TellsACutAnswerFromAWholeOne) {
  const std::string until_close = "HTTP/1.1 200 OK\r\n\r\nhello";
  TlsScript whole{until_close};
  TlsScript cut{until_close, false};
  const Trust trust{whole.certificate + cut.certificate};

  const auto first = send(whole.io, whole.url("localhost"), patience);
  const auto second = send(cut.io, cut.url("localhost"), patience);

  ASSERT_TRUE(first) << first.error().what;
  EXPECT_EQ(first->body, "hello");
  EXPECT_EQ(second.error().code, Errc::unavailable);
}

TEST(ClientTls, DoesNotFollowARedirectOutOfTls) {
  TlsScript script{
      "HTTP/1.1 302 Found\r\nLocation: http://example.org/\r\nContent-Length: 0\r\n\r\n"};
  const Trust trust{script.certificate};

  EXPECT_EQ(send(script.io, script.url("localhost"), patience).error().code, Errc::denied);
}

Async<> ask_twice(Client& client, std::string url) {
  for (int i = 0; i < 2; ++i) {
    ClientRequest request;
    request.url = url;
    const auto response = co_await client.send(std::move(request));
    EXPECT_TRUE(response) << response.error().what;
  }
}

TEST(ClientTls, KeepsTheConnection) {
  TlsScript script{hello};
  const Trust trust{script.certificate};
  const AddressGuard guard{{script.url("localhost")}, {}};
  const auto client = create_client(script.io.get_executor(), guard);

  vigie::testing::run(script.io, ask_twice(*client, script.url("localhost")));

  EXPECT_EQ(script.requests, 2);
  EXPECT_EQ(script.connections, 1);
}

}  // namespace
}  // namespace vigie::http
