// SPDX-License-Identifier: Apache-2.0
#include "api/assets.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

namespace vigie::api {
namespace {

std::string_view type_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> types{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".woff2", "font/woff2"},
  }};
  const auto* const found =
      std::ranges::find_if(types, [&](const auto& type) { return path.ends_with(type.first); });
  return found == types.end() ? "application/octet-stream" : found->second;
}

// Names only go down: no part may be empty, hidden or "..".
bool is_safe(std::string_view path) {
  return path.starts_with('/') && path.find("/.") == std::string_view::npos &&
         path.find("//") == std::string_view::npos && path.find('\\') == std::string_view::npos;
}

std::optional<std::string> read_file(const std::string& name) {
  std::ifstream in{name, std::ios::binary};
  if (!in) {
    return std::nullopt;
  }
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

bool accepts_gzip(const http::Request& request) {
  return request.headers.get("Accept-Encoding").find("gzip") != std::string_view::npos;
}

// FNV-1a: an entity tag only has to change when the bytes do.
std::string tag_of(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  }
  return fmt::format("\"{:016x}\"", hash);
}

http::Response answer(const http::Request& request, std::string_view path, std::string_view bytes,
                      std::string_view gzipped) {
  http::Response response;
  const auto tag = tag_of(bytes);
  response.headers.add("ETag", tag);
  const bool named_by_hash = path.starts_with("/assets/");
  response.headers.add("Cache-Control",
                       named_by_hash ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.headers.get("If-None-Match") == tag) {
    response.status = 304;
    return response;
  }
  response.headers.add("Content-Type", std::string{type_of(path)});
  const bool gzip = !gzipped.empty() && accepts_gzip(request);
  if (gzip) {
    response.headers.add("Content-Encoding", "gzip");
  }
  response.headers.add("Vary", "Accept-Encoding");
  response.body = std::string{gzip ? gzipped : bytes};
  return response;
}

}  // namespace

std::optional<http::Response> Assets::find(const http::Request& request,
                                           std::string_view path) const {
  if (!is_safe(path)) {
    return std::nullopt;
  }
  if (!folder_.empty()) {
    const auto bytes = read_file(folder_ + std::string{path});
    return bytes ? std::optional{answer(request, path, *bytes, {})} : std::nullopt;
  }
  const auto& assets = embedded_assets();
  const auto found = std::ranges::find(assets, path, &Asset::path);
  if (found == assets.end()) {
    return std::nullopt;
  }
  return answer(request, path, found->bytes, found->gzipped);
}

}  // namespace vigie::api
