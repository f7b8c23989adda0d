// SPDX-License-Identifier: Apache-2.0
#include "notify/mail.hpp"

#include <array>

namespace vigie::notify {
namespace {

constexpr std::size_t line_length = 76;

// RFC 5322's date; always UTC.
std::string to_date(Time time) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  return fmt::format(
      "{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days.at(std::chrono::weekday{day}.c_encoding()),
      static_cast<unsigned>(date.day()), months.at(static_cast<unsigned>(date.month()) - 1),
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

std::string part(std::string_view boundary, std::string_view type, std::string_view text) {
  auto body = fmt::format(
      "--{}\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
      boundary, type);
  const auto encoded = base64(text);
  for (std::size_t i = 0; i < encoded.size(); i += line_length) {
    body += encoded.substr(i, line_length);
    body += "\r\n";
  }
  return body;
}

}  // namespace

std::string to_mime(const Mail& mail) {
  const auto boundary = fmt::format("=_{}", mail.id.substr(0, 40));
  auto text = fmt::format(
      "Date: {}\r\nFrom: Vigie <{}>\r\nTo: <{}>\r\nSubject: {}\r\nMessage-ID: <{}@{}>\r\n"
      "Auto-Submitted: auto-generated\r\nContent-Language: {}\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/alternative;\r\n boundary=\"{}\"\r\n\r\n",
      to_date(mail.at), mail.from.text(), mail.to.text(), mail.subject.encoded(), mail.id,
      mail.from.host(), mail.language, boundary);
  text += part(boundary, "text/plain", mail.plain);
  text += part(boundary, "text/html", mail.html);
  text += fmt::format("--{}--\r\n", boundary);
  return text;
}

}  // namespace vigie::notify
