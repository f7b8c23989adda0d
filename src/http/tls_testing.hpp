// SPDX-License-Identifier: Apache-2.0
// For tests: a TLS server with a certificate made for the test, and a way to trust it.
#pragma once
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
#include <functional>
#include <string>

#include "async/task_group.hpp"
#include "async/testing.hpp"

namespace vigie::http::testing {

using asio::ip::tcp;

struct Certificate {
  std::string certificate;  // PEM
  std::string key;
};

inline std::string drain(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  std::string text{data, static_cast<std::size_t>(size)};
  BIO_free(bio);
  return text;
}

// Its own authority, valid for the name for an hour.
inline Certificate make_certificate(const std::string& name) {
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
      : TlsScript{[answer](const std::string&) { return answer; }, says_goodbye} {}
  // answer: from the head of each request.
  explicit TlsScript(std::function<std::string(const std::string&)> answer,
                     bool says_goodbye = true)
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
      const auto answer = answer_(received.substr(0, size));
      received.erase(0, size);
      ++requests;
      co_await asio::async_write(stream, asio::buffer(answer),
                                 asio::redirect_error(asio::use_awaitable, failed));
      if (answer.find("Content-Length") == std::string::npos) {
        break;
      }
    }
    if (says_goodbye_) {
      co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, failed));
    }
  }

  std::function<std::string(const std::string&)> answer_;
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

}  // namespace vigie::http::testing
