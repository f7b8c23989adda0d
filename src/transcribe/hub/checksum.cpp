// SPDX-License-Identifier: Apache-2.0
#include "transcribe/hub/checksum.hpp"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>

#include "base/text.hpp"

namespace vigie::transcribe {

std::string sha256_of_file(const std::filesystem::path& path) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> state{EVP_MD_CTX_new(),
                                                                      &EVP_MD_CTX_free};
  EVP_DigestInit_ex(state.get(), EVP_sha256(), nullptr);
  std::ifstream file{path, std::ios::binary};
  std::string buffer(1U << 20U, '\0');
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0) {
    EVP_DigestUpdate(state.get(), buffer.data(), static_cast<std::size_t>(file.gcount()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(state.get(), digest.data(), &size);
  return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace vigie::transcribe
