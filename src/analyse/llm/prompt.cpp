// SPDX-License-Identifier: Apache-2.0
#include "analyse/llm/prompt.hpp"

#include <openssl/evp.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "base/text.hpp"

namespace vigie::analyse {
namespace {

constexpr std::string_view understood_version = "1";

// What frames conversations with machines and is never said to people, in lower case.
constexpr std::array<std::string_view, 24> marks{"<|",
                                                 "|>",
                                                 "<start_of_turn>",
                                                 "<end_of_turn>",
                                                 "</transcription>",
                                                 "<transcription>",
                                                 "<<sys>>",
                                                 "<</sys>>",
                                                 "[inst]",
                                                 "[/inst]",
                                                 "<think>",
                                                 "</think>",
                                                 "<system>",
                                                 "</system>",
                                                 "<user>",
                                                 "<assistant>",
                                                 "<s>",
                                                 "</s>",
                                                 "```",
                                                 "### system",
                                                 "### instruction",
                                                 "[paroles-",
                                                 "[fin-",
                                                 "{{"};
// The same in words that people use too.
constexpr std::array<std::string_view, 11> roles{
    "system:",  "system :",  "assistant:", "assistant :", "user:", "user :",
    "système:", "système :", "developer:", "developer :", "}}"};

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-256");
  }
  std::string raw(digest.begin(), digest.begin() + length);
  return to_hex(raw);
}

Error wrong(int line, std::string_view cause) {
  return line >= 0 ? make_error(Errc::invalid, "template.yml, line {}: {}", line + 1, cause)
                   : make_error(Errc::invalid, "template.yml: {}", cause);
}

// Nothing when the key is there, a text, and holds every placeholder.
std::optional<Error> check_text(const YAML::Node& root, const char* key,
                                const std::vector<std::string_view>& placeholders) {
  const auto node = root[key];
  if (!node) {
    return wrong(-1, fmt::format("the key \"{}\" is missing", key));
  }
  if (!node.IsScalar() || node.Scalar().empty()) {
    return wrong(node.Mark().line, fmt::format("\"{}\" must be a text", key));
  }
  for (const auto placeholder : placeholders) {
    if (node.Scalar().find(placeholder) == std::string::npos) {
      return wrong(node.Mark().line, fmt::format("\"{}\" must contain {}", key, placeholder));
    }
  }
  return std::nullopt;
}

std::optional<Error> check(const YAML::Node& root) {
  if (!root.IsMap()) {
    return wrong(-1, "expected keys version, systeme, utilisateur");
  }
  for (const auto& entry : root) {
    const auto key = entry.first.IsScalar() ? entry.first.Scalar() : std::string{};
    if (key != "version" && key != "systeme" && key != "utilisateur") {
      const auto near = nearest(key, {"version", "systeme", "utilisateur"});
      const auto hint = near.empty() ? std::string{} : fmt::format(", did you mean \"{}\"?", near);
      return wrong(entry.first.Mark().line, fmt::format("unknown key \"{}\"{}", key, hint));
    }
  }
  const auto version = root["version"];
  if (!version || !version.IsScalar() || version.Scalar() != understood_version) {
    return wrong(version ? version.Mark().line : -1, "this Vigie understands version: 1");
  }
  if (auto error = check_text(root, "systeme", {"{{canari}}", "{{debut}}", "{{fin}}"})) {
    return error;
  }
  return check_text(root, "utilisateur", {"{{contexte}}", "{{texte}}", "{{debut}}", "{{fin}}"});
}

// Hears what yaml-cpp would resolve in silence.
class Shape final : public YAML::EventHandler {
 public:
  std::optional<Error> error;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { check(mark, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string&) override {
    check(mark, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check(mark, anchor);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check(mark, anchor);
  }
  void OnMapEnd() override {}

 private:
  void check(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      refuse(mark);
    }
  }
  void refuse(const YAML::Mark& mark) {
    error = error ? error : wrong(mark.line, "anchors and aliases are not understood here");
  }
};

std::optional<Error> check_shape(std::string_view yaml) {
  std::istringstream text{std::string{yaml}};
  YAML::Parser parser{text};
  Shape shape;
  parser.HandleNextDocument(shape);
  if (shape.error) {
    return shape.error;
  }
  Shape rest;
  return parser.HandleNextDocument(rest) ? std::optional{wrong(-1, "one document is expected")}
                                         : std::nullopt;
}

void replace_ignoring_case(std::string& text, std::string_view token) {
  std::string lower = to_lower_ascii(text);
  for (auto at = lower.find(token); at != std::string::npos; at = lower.find(token, at + 1)) {
    text.replace(at, token.size(), token.size(), ' ');
    lower.replace(at, token.size(), token.size(), ' ');
  }
}

// Without the characters nobody hears: they would hide a frame from us and not from a model.
std::string heard(std::string_view speech) {
  std::string text;
  const auto clean = clean_utf8(speech, speech.size());
  for (std::string_view rest{clean}; !rest.empty();) {
    const auto next = decode_utf8(rest).value();
    const bool is_unheard = (next.value >= 0x200B && next.value <= 0x200F) ||
                            next.value == 0x2060 || next.value == 0xFEFF || next.value == 0xAD ||
                            (next.value >= 0xE0000 && next.value <= 0xE007F);
    if (!is_unheard) {
      text += rest.substr(0, next.length);
    }
    rest.remove_prefix(next.length);
  }
  return text;
}

}  // namespace

Result<Prompt> parse_prompt(std::string_view yaml, std::string_view frame) {
  if (yaml.size() > longest_template) {
    return wrong(-1, fmt::format("{} bytes, at most {}", yaml.size(), longest_template));
  }
  if (!is_valid_utf8(yaml)) {
    return wrong(-1, "not UTF-8 text");
  }
  try {
    if (const auto error = check_shape(yaml)) {
      return *error;
    }
    const auto root = YAML::Load(std::string{yaml});
    if (const auto error = check(root)) {
      return *error;
    }
    auto hashed = std::string{yaml};
    hashed.append(1, '\0').append(frame);
    return Prompt{root["systeme"].Scalar(), root["utilisateur"].Scalar(), std::string{frame},
                  sha256_hex(hashed)};
  } catch (const YAML::Exception& error) {
    return wrong(error.mark.line, error.msg);
  }
}

Result<Prompt> load_prompt(const std::string& data_folder, std::string_view frame) {
  const auto path = std::filesystem::path{data_folder} / "template.yml";
  std::error_code missing;
  if (!std::filesystem::exists(path, missing)) {
    return parse_prompt(built_in_template(), frame);
  }
  std::ifstream file{path, std::ios::binary};
  std::string text(longest_template + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (!file && !file.eof())) {
    return make_error(Errc::invalid, "{} cannot be read", path.string());
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return parse_prompt(text, frame);
}

std::string fill(std::string_view text,
                 const std::map<std::string, std::string, std::less<>>& values) {
  std::string out;
  for (;;) {
    const auto open = text.find("{{");
    const auto close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) {
      return out.append(text);
    }
    const auto value = values.find(text.substr(open + 2, close - open - 2));
    out.append(text.substr(0, open));
    out.append(value == values.end() ? text.substr(open, close + 2 - open)
                                     : std::string_view{value->second});
    text.remove_prefix(close + 2);
  }
}

std::string defuse(std::string_view speech) {
  auto text = heard(speech);
  for (const auto mark : marks) {
    replace_ignoring_case(text, mark);
  }
  for (const auto role : roles) {
    replace_ignoring_case(text, role);
  }
  return text;
}

bool holds_frame(std::string_view speech) {
  const auto text = to_lower_ascii(heard(speech));
  return std::ranges::any_of(
      marks, [&](std::string_view mark) { return text.find(mark) != std::string::npos; });
}

}  // namespace vigie::analyse
