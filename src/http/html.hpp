// SPDX-License-Identifier: Apache-2.0
// HTML is not text: the two are different types, and the only way from one to the other escapes
// (B4).
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace vigie::http {

class Html {
 public:
  Html() = default;
  // Text from anywhere, made safe for element content and quoted attributes.
  static Html escape(std::string_view text);
  // Markup written by us: a literal of the program, nothing made at run time.
  template <std::size_t N>
  static Html literal(const char (&markup)[N]) {  // NOLINT(modernize-avoid-c-arrays)
    return Html{std::string{markup, N - 1}};
  }

  Html& operator+=(const Html& other) {
    markup_ += other.markup_;
    return *this;
  }
  friend Html operator+(Html left, const Html& right) { return std::move(left += right); }
  const std::string& str() const { return markup_; }

 private:
  explicit Html(std::string markup) : markup_{std::move(markup)} {}
  std::string markup_;
};

}  // namespace vigie::http
