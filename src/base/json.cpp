// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <boost/json/parser.hpp>

namespace vigie {

Result<json::value> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes) {
    return make_error(Errc::corrupt, "{} bytes of JSON, at most {} are read", text.size(),
                      limits.bytes);
  }
  json::parse_options options;
  options.max_depth = limits.depth;
  json::parser parser{{}, options};
  boost::system::error_code failure;
  const auto read = parser.write_some(text.data(), text.size(), failure);
  if (!failure && read < text.size()) {
    failure = json::error::extra_data;
  }
  if (failure) {
    return make_error(Errc::corrupt, "not JSON: {} at byte {}", failure.message(), read);
  }
  return parser.release();
}

const json::value* find(const json::value& value, std::string_view path) {
  const json::value* at = &value;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const auto name = path.substr(0, dot);
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
    const auto* object = at->if_object();
    at = object == nullptr ? nullptr
                           : object->if_contains(json::string_view{name.data(), name.size()});
    if (at == nullptr) {
      return nullptr;
    }
  }
  return at;
}

std::optional<std::string> get_string(const json::value& value, std::string_view path) {
  const auto* found = find(value, path);
  const auto* text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? std::nullopt
                         : std::optional<std::string>{std::string{text->data(), text->size()}};
}

std::optional<std::int64_t> get_integer(const json::value& value, std::string_view path) {
  const auto* found = find(value, path);
  if (found == nullptr) {
    return std::nullopt;
  }
  boost::system::error_code inexact;
  const auto number = found->to_number<std::int64_t>(inexact);
  return inexact ? std::nullopt : std::optional{number};
}

std::optional<double> get_number(const json::value& value, std::string_view path) {
  const auto* found = find(value, path);
  if (found == nullptr || !found->is_number()) {
    return std::nullopt;
  }
  return found->to_number<double>();
}

std::optional<bool> get_bool(const json::value& value, std::string_view path) {
  const auto* found = find(value, path);
  const auto* flag = found == nullptr ? nullptr : found->if_bool();
  return flag == nullptr ? std::nullopt : std::optional{*flag};
}

}  // namespace vigie
