// SPDX-License-Identifier: Apache-2.0
#include "sim/misbehave.hpp"

#include <algorithm>

#include "sim/pages.hpp"

namespace vigie::sim {
namespace {

// The marks of the pages by which TikTok refuses plain clients (protocol notes §2), and no more.
http::Response captcha_page() {
  return html_response(
      "<!DOCTYPE html><html><head><title>tiktok-verify-page</title></head><body>"
      "<div id=\"captcha_container\" class=\"captcha\">Verify to continue</div></body></html>");
}

http::Response waf_page() {
  auto response = html_response(
      "<!DOCTYPE html><html><head><script id=\"slardar-config\" type=\"application/json\">"
      "{\"slardarClient\":\"SlardarWAF\",\"bid\":\"slardar_us_waf\"}</script></head><body>Please "
      "wait..."
      "<p id=\"wci\" class=\"_wafchallengeid\"></p><p id=\"rci\" "
      "class=\"waforiginalreid\"></p></body></html>");
  response.headers.set("x-tt-system-error", "3");
  return response;
}

http::Response redirect(std::string to) {
  http::Response response;
  response.status = 302;
  response.headers.set("Location", std::move(to));
  return response;
}

http::Response region_page(const Route& route, const std::string& base) {
  if (route.name == "live_page") {
    return redirect(base + "/");
  }
  return html_response(
      "<!DOCTYPE html><html><head><title>TikTok</title></head><body>We regret to inform you that "
      "we have discontinued operating TikTok</body></html>");
}

// A body that ends after a GB only, of which never more than a block is held.
Async<> pour(http::BodyWriter& writer) {
  constexpr std::size_t block_size = 64 * 1024;
  constexpr std::size_t blocks = 16 * 1024;
  const std::string begin = R"({"statusCode":0,"status_code":0,"message":")";
  auto written = co_await writer.write(begin);
  const std::string block(block_size, 'a');
  for (std::size_t index = 0; written && index < blocks; ++index) {
    written = co_await writer.write(block);
  }
}

// One byte a second.
Async<> drip(std::string body, Clock& clock, http::BodyWriter& writer) {
  for (std::size_t at = 0; at < body.size(); ++at) {
    const auto byte = std::string_view{body}.substr(at, 1);
    const auto written = co_await writer.write(byte);
    if (!written) {
      co_return;
    }
    const Span between_bytes = std::chrono::seconds{1};
    co_await clock.sleep(between_bytes);
  }
}

http::Answer slowly(http::Response response, Clock& clock) {
  http::Streamed streamed;
  streamed.body = [&clock, body = std::exchange(response.body, {})](http::BodyWriter& writer) {
    return drip(body, clock, writer);
  };
  streamed.head = std::move(response);
  return streamed;
}

http::Answer hugely(http::Response response) {
  http::Streamed streamed;
  response.body.clear();
  streamed.head = std::move(response);
  streamed.body = pour;
  return streamed;
}

http::Response too_many(const Fault& fault) {
  http::Response response;
  response.status = 429;
  response.headers.set("Retry-After", std::to_string(fault.retry_after.count()));
  return response;
}

}  // namespace

bool is_of_any_host(Mode mode) {
  constexpr std::array modes{Mode::http_429, Mode::http_500, Mode::reset, Mode::forbidden,
                             Mode::empty};
  return std::ranges::find(modes, mode) != modes.end();
}

http::Response login_page() {
  return html_response(
      "<!DOCTYPE html><html><head><title>Log in | TikTok</title></head><body>"
      "<h2 data-e2e=\"login-title\" class=\"login-title\">Log in to TikTok</h2></body></html>");
}

std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes(size, '\0');
  random.fill({static_cast<std::uint8_t*>(static_cast<void*>(bytes.data())), bytes.size()});
  return bytes;
}

http::Answer misbehave(const Fault& fault, const Route& route, http::Response page,
                       const std::string& base, Clock& clock, Random& random) {
  constexpr std::size_t garbage_size = 2000;
  switch (fault.mode) {
    case Mode::http_429:
      return too_many(fault);
    case Mode::http_500:
      return html_response("<!DOCTYPE html><title>Internal error</title>", 500);
    case Mode::forbidden:
      return html_response("<!DOCTYPE html><title>Access Denied</title>", 403);
    case Mode::captcha:
      return captcha_page();
    case Mode::waf:
      return waf_page();
    case Mode::login:
      return redirect(base + "/login");
    case Mode::region:
      return region_page(route, base);
    case Mode::garbage:
      page.body = random_bytes(random, garbage_size);
      return page;
    case Mode::truncated:
      page.body.resize(page.body.size() / 2);
      return page;
    case Mode::empty:
      page.body.clear();
      return page;
    case Mode::slow:
      return slowly(std::move(page), clock);
    case Mode::huge:
      return hugely(std::move(page));
    case Mode::reset:
      return http::Reset{};
    case Mode::ok:
    case Mode::poison:
    case Mode::params_error:
      break;
  }
  return page;
}

}  // namespace vigie::sim
