// SPDX-License-Identifier: Apache-2.0
#include "sim/certificate.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>
#include <sstream>

namespace vigie::sim {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* thing) const {
    release(thing);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Memory = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;

constexpr long a_day = 86'400;

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

bool add_extension(X509* certificate, int what, const std::string& value) {
  const Extension extension{X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str())};
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool fill(X509* certificate, EVP_PKEY* key, const std::string& names) {
  X509_set_version(certificate, 2);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -a_day);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 31 * a_day);
  X509_set_pubkey(certificate, key);
  const std::string holder = "vigie-sim";
  const auto* letters = static_cast<const unsigned char*>(static_cast<const void*>(holder.data()));
  auto* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, letters, -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  return ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         add_extension(certificate, NID_subject_alt_name, names) &&
         X509_sign(certificate, key, EVP_sha256()) != 0;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    return make_error(Errc::not_found, "{}: it cannot be read", path);
  }
  return text.str();
}

}  // namespace

Result<http::TlsIdentity> make_certificate(const std::string& address) {
  const Key key{EVP_EC_gen("P-256")};
  const Certificate certificate{X509_new()};
  const auto names = fmt::format(
      "DNS:localhost,IP:127.0.0.1,IP:{},DNS:tiktok.com,DNS:*.tiktok.com,DNS:webcast.us.tiktok.com,"
      "DNS:*.tiktokcdn.com",
      address);
  if (!key || !certificate || !fill(certificate.get(), key.get(), names)) {
    return make_error(Errc::unavailable, "no certificate could be made for {}", address);
  }
  const Memory open{BIO_new(BIO_s_mem())};
  const Memory secret{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(open.get(), certificate.get());
  PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return http::TlsIdentity{.certificate = text_of(open.get()), .key = text_of(secret.get())};
}

Result<http::TlsIdentity> load_certificate(const std::string& certificate_file,
                                           const std::string& key_file) {
  auto certificate = read_file(certificate_file);
  auto key = read_file(key_file);
  if (!certificate || !key) {
    return certificate ? key.error() : certificate.error();
  }
  return http::TlsIdentity{.certificate = std::move(*certificate), .key = std::move(*key)};
}

}  // namespace vigie::sim
