// SPDX-License-Identifier: Apache-2.0
// The web application's files: built by web/, embedded in the binary; or read from a folder in
// development (WEB_DIR).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace vigie::api {

struct Asset {
  std::string_view path;  // "/assets/index-4f2a.js"
  std::string_view bytes;
  std::string_view gzipped;  // empty when it would not be smaller
};

// What the build embedded (tools/embed_assets.py); empty when the web application was not built.
const std::vector<Asset>& embedded_assets();

class Assets {
 public:
  // folder: WEB_DIR, or empty for the embedded files.
  explicit Assets(std::string folder) : folder_{std::move(folder)} {}

  // The file at path, with its type, its entity tag and its caching: for ever when the name holds
  // its hash (/assets/), else asked again each time. Nothing when there is none.
  std::optional<http::Response> find(const http::Request& request, std::string_view path) const;

 private:
  std::string folder_;
};

}  // namespace vigie::api
