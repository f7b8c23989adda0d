// SPDX-License-Identifier: Apache-2.0
#include "sim/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "base/text.hpp"

namespace vigie::sim {
namespace {

constexpr std::size_t max_bytes = 16U << 20U;
constexpr std::size_t max_depth = 16;
constexpr std::size_t max_values = 1'000'000;
constexpr std::size_t max_keys = 100;  // in one map

// Builds the tree from yaml-cpp's events. The handler has no way to say no but an exception, which
// parse_yaml catches.
class TreeBuilder final : public YAML::EventHandler {
 public:
  Yaml take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw YAML::ParserException(mark, "aliases (*name) are not allowed here");
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, anchor);
    add(mark, Yaml{});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check(mark, anchor);
    if (awaits_key()) {
      set_key(mark, value);
      return;
    }
    Yaml scalar;
    scalar.kind = Yaml::Kind::scalar;
    scalar.text = value;
    scalar.is_quoted = tag == "!";
    add(mark, std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, Yaml::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, Yaml::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Yaml value;
    bool has_key = false;
  };

  bool awaits_key() const {
    return !open_.empty() && open_.back().value.kind == Yaml::Kind::map && !open_.back().has_key;
  }
  void check(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) {
      throw YAML::ParserException(mark, "anchors (&name) are not allowed here");
    }
    if (++values_ > max_values) {
      throw YAML::ParserException(mark, "too many values");
    }
  }
  void set_key(const YAML::Mark& mark, const std::string& key) {
    auto& map = open_.back();
    if (map.value.find(key) != nullptr) {
      throw YAML::ParserException(mark, "\"" + key + "\" is there twice");
    }
    if (map.value.keys.size() >= max_keys) {
      throw YAML::ParserException(mark, "too many keys");
    }
    map.value.keys.push_back(key);
    map.has_key = true;
  }
  void open(const YAML::Mark& mark, YAML::anchor_t anchor, Yaml::Kind kind) {
    check(mark, anchor);
    if (awaits_key()) {
      throw YAML::ParserException(mark, "a key must be text");
    }
    if (open_.size() >= max_depth) {
      throw YAML::ParserException(mark, "nested too deep");
    }
    Open opened;
    opened.value.kind = kind;
    opened.value.line = mark.line + 1;
    open_.push_back(std::move(opened));
  }
  void close() {
    auto done = std::move(open_.back().value);
    open_.pop_back();
    put(std::move(done));
  }
  void add(const YAML::Mark& mark, Yaml value) {
    if (awaits_key()) {
      throw YAML::ParserException(mark, "a key must be text");
    }
    value.line = mark.line + 1;
    put(std::move(value));
  }
  void put(Yaml value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    auto& parent = open_.back();
    parent.value.items.push_back(std::move(value));
    parent.has_key = false;
  }

  Yaml root_;
  std::vector<Open> open_;
  std::size_t values_ = 0;
};

}  // namespace

const Yaml* Yaml::find(std::string_view key) const {
  const auto found = std::ranges::find(keys, key);
  const auto index = static_cast<std::size_t>(found - keys.begin());
  return index < items.size() ? &items[index] : nullptr;
}

Result<Yaml> parse_yaml(std::string_view text, std::string_view name) {
  if (text.size() > max_bytes) {
    return make_error(Errc::invalid, "{}: larger than {} MiB", name, max_bytes >> 20U);
  }
  if (!is_valid_utf8(text)) {
    return make_error(Errc::invalid, "{}: not text in UTF-8", name);
  }
  std::istringstream stream{std::string{text}};
  TreeBuilder builder;
  try {
    YAML::Parser parser{stream};
    parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& error) {
    return make_error(Errc::invalid, "{}:{}: {}", name, error.mark.line + 1, error.msg);
  }
  return builder.take();
}

}  // namespace vigie::sim
