// SPDX-License-Identifier: Apache-2.0
#include "config/file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <tuple>

namespace vigie::config {
namespace {

Result<std::string> to_text(const toml::node& node);

Result<std::string> joined(const toml::array& array) {
  std::string out;
  for (const auto& element : array) {
    const auto text =
        element.is_array() ? make_error(Errc::invalid, "is an array of arrays") : to_text(element);
    if (!text) {
      return text.error();
    }
    if (text->find(',') != std::string::npos) {
      return make_error(Errc::invalid, "holds a comma inside an element");
    }
    out.append(out.empty() ? "" : ",").append(*text);
  }
  return out;
}

Result<std::string> to_text(const toml::node& node) {
  if (const auto* text = node.as_string()) {
    return text->get();
  }
  if (const auto* whole = node.as_integer()) {
    return fmt::format("{}", whole->get());
  }
  if (const auto* number = node.as_floating_point()) {
    return fmt::format("{}", number->get());
  }
  if (const auto* flag = node.as_boolean()) {
    return std::string{flag->get() ? "true" : "false"};
  }
  if (const auto* array = node.as_array()) {
    return joined(*array);
  }
  if (node.is_table()) {
    return make_error(Errc::invalid,
                      "is a section; keys stand at the top of the file, before any [section]");
  }
  return make_error(Errc::invalid, "is a date; put it between quotes");
}

}  // namespace

Result<std::vector<FileEntry>> read_toml(std::string_view text, std::string_view path) {
  try {
    const toml::table table = toml::parse(text, path);
    std::vector<FileEntry> entries;
    for (const auto& [name, node] : table) {
      entries.push_back({std::string{name.str()}, to_text(node), node.source().begin.line});
    }
    const auto earlier = [](const FileEntry& left, const FileEntry& right) {
      return std::tie(left.line, left.name) < std::tie(right.line, right.name);
    };
    std::ranges::sort(entries, earlier);
    return entries;
  } catch (const toml::parse_error& error) {
    return make_error(Errc::invalid, "{}:{}: {}", path, error.source().begin.line,
                      error.description());
  }
}

}  // namespace vigie::config
