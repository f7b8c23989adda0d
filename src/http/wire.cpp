// SPDX-License-Identifier: Apache-2.0
#include "http/wire.hpp"

#include <fmt/format.h>

#include <array>

#include "http/head.hpp"

namespace vigie::http {
namespace {

bool is_control(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return (byte < 0x20 && letter != '\t') || byte == 0x7F;
}

bool is_ours(std::string_view name) {
  return equals_ignoring_case(name, "content-length") ||
         equals_ignoring_case(name, "transfer-encoding") ||
         equals_ignoring_case(name, "connection") || equals_ignoring_case(name, "date");
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  for (const char letter : value) {
    head += is_control(letter) ? ' ' : letter;
  }
  head += "\r\n";
}

}  // namespace

std::string_view reason_phrase(int status) {
  using Row = std::pair<int, std::string_view>;
  constexpr std::array rows{
      Row{200, "OK"},
      Row{201, "Created"},
      Row{202, "Accepted"},
      Row{204, "No Content"},
      Row{206, "Partial Content"},
      Row{301, "Moved Permanently"},
      Row{302, "Found"},
      Row{303, "See Other"},
      Row{304, "Not Modified"},
      Row{307, "Temporary Redirect"},
      Row{308, "Permanent Redirect"},
      Row{400, "Bad Request"},
      Row{401, "Unauthorized"},
      Row{403, "Forbidden"},
      Row{404, "Not Found"},
      Row{405, "Method Not Allowed"},
      Row{408, "Request Timeout"},
      Row{409, "Conflict"},
      Row{410, "Gone"},
      Row{413, "Content Too Large"},
      Row{415, "Unsupported Media Type"},
      Row{416, "Range Not Satisfiable"},
      Row{417, "Expectation Failed"},
      Row{422, "Unprocessable Content"},
      Row{426, "Upgrade Required"},
      Row{429, "Too Many Requests"},
      Row{431, "Request Header Fields Too Large"},
      Row{500, "Internal Server Error"},
      Row{502, "Bad Gateway"},
      Row{503, "Service Unavailable"},
      Row{504, "Gateway Timeout"},
  };
  for (const auto& [code, phrase] : rows) {
    if (code == status) {
      return phrase;
    }
  }
  return "Status";
}

std::string http_date(Time time) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     days.at(std::chrono::weekday{day}.c_encoding()), unsigned{date.day()},
                     months.at(unsigned{date.month()} - 1), int{date.year()}, clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

bool is_sendable_field(std::string_view name, std::string_view value) {
  for (const char letter : value) {
    if (is_control(letter)) {
      return false;
    }
  }
  return is_token(name);
}

std::string write_response_head(const Response& response, const HeadOptions& options) {
  auto head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  for (const auto& [name, value] : response.headers.fields()) {
    if (is_token(name) && !is_ours(name)) {
      append_field(head, name, value);
    }
  }
  append_field(head, "Date", http_date(options.now));
  if (options.framing == BodyFraming::length) {
    append_field(head, "Content-Length", std::to_string(response.body.size()));
  }
  if (options.close) {
    append_field(head, "Connection", "close");
  }
  head += "\r\n";
  return head;
}

}  // namespace vigie::http
