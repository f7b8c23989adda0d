// SPDX-License-Identifier: Apache-2.0
#include "transcribe/whisper/tokens.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/json.hpp"
#include "base/text.hpp"

namespace vigie::transcribe {
namespace {

constexpr std::size_t largest_text = 8'192;
constexpr JsonLimits vocabulary_limits{.bytes = std::size_t{8} << 20U, .depth = 4};

// GPT-2's bytes_to_unicode: printable bytes stand for themselves, the others, in order, for the
// code points from 256 on.
std::map<char32_t, char> byte_of_character() {
  std::map<char32_t, char> bytes;
  char32_t next = 256;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool is_printable =
        (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    bytes.emplace(is_printable ? byte : next++, static_cast<char>(byte));
  }
  return bytes;
}

Result<std::string> to_bytes(std::string_view entry, const std::map<char32_t, char>& table) {
  std::string bytes;
  while (!entry.empty()) {
    const auto character = decode_utf8(entry);
    if (!character || !table.contains(character->value)) {
      return make_error(Errc::corrupt, "a vocabulary entry that stands for no bytes");
    }
    bytes.push_back(table.at(character->value));
    entry.remove_prefix(character->length);
  }
  return bytes;
}

Result<std::vector<std::string>> read_lines(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(std::move(line));
  }
  return lines;
}

Result<std::vector<std::string>> read_array(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto value = parse_json(text, vocabulary_limits);
  if (!value) {
    return value.error();
  }
  std::vector<std::string> entries;
  if (const auto* array = value->if_array()) {
    for (const auto& item : *array) {
      if (const auto* entry = item.if_string()) {
        entries.emplace_back(*entry);
      }
    }
  }
  return entries;
}

}  // namespace

Result<Tokens> Tokens::load(const std::string& model_folder) {
  const std::filesystem::path folder{model_folder};
  const auto doing = "reading the vocabulary of " + model_folder;
  Result<std::vector<std::string>> entries{};
  if (std::filesystem::exists(folder / "vocabulary.txt")) {
    entries = read_lines(folder / "vocabulary.txt");
  } else if (std::filesystem::exists(folder / "vocabulary.json")) {
    entries = read_array(folder / "vocabulary.json");
  } else {
    return make_error(Errc::not_found, "{}: neither vocabulary.txt nor vocabulary.json is there",
                      doing);
  }
  if (!entries) {
    return entries.error().during(doing);
  }
  auto tokens = from(std::move(*entries));
  if (!tokens) {
    return tokens.error().during(doing);
  }
  return tokens;
}

Result<Tokens> Tokens::from(std::vector<std::string> entries) {
  Tokens tokens;
  const auto end = std::find(entries.begin(), entries.end(), "<|endoftext|>");
  if (end == entries.end()) {
    return make_error(Errc::corrupt, "no <|endoftext|> among {} entries", entries.size());
  }
  tokens.end_of_text_ = static_cast<std::size_t>(end - entries.begin());
  const auto table = byte_of_character();
  for (std::size_t id = 0; id < entries.size(); ++id) {
    if (id >= tokens.end_of_text_) {
      tokens.steering_.emplace(entries[id], id);
      continue;
    }
    auto bytes = to_bytes(entries[id], table);
    if (!bytes) {
      return bytes.error();
    }
    tokens.bytes_.push_back(std::move(*bytes));
  }
  return tokens;
}

std::string Tokens::text(std::span<const std::size_t> ids) const {
  std::string bytes;
  for (const auto id : ids) {
    if (id < end_of_text_) {
      bytes += bytes_[id];
    }
  }
  return std::string{trim(clean_utf8(bytes, largest_text))};
}

std::vector<std::size_t> Tokens::spoken(std::span<const std::size_t> ids) const {
  std::vector<std::size_t> kept;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(kept),
               [this](std::size_t id) { return id < end_of_text_; });
  return kept;
}

std::optional<std::size_t> Tokens::steering(std::string_view name) const {
  const auto found = steering_.find(name);
  return found == steering_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<std::size_t> Tokens::language(std::string_view code) const {
  return steering(fmt::format("<|{}|>", code));
}

}  // namespace vigie::transcribe
