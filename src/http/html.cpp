// SPDX-License-Identifier: Apache-2.0
#include "http/html.hpp"

namespace vigie::http {

Html Html::escape(std::string_view text) {
  std::string markup;
  markup.reserve(text.size() + text.size() / 8);
  for (const char letter : text) {
    switch (letter) {
      case '&':
        markup += "&amp;";
        break;
      case '<':
        markup += "&lt;";
        break;
      case '>':
        markup += "&gt;";
        break;
      case '"':
        markup += "&quot;";
        break;
      case '\'':
        markup += "&#39;";
        break;
      case '\0':
        markup += "\xEF\xBF\xBD";  // U+FFFD: NUL is not allowed in HTML, not even as a reference
        break;
      default:
        markup += letter;
    }
  }
  return Html{std::move(markup)};
}

}  // namespace vigie::http
