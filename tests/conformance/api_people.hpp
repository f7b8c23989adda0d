// SPDX-License-Identifier: Apache-2.0
// The API with mails about people's own accounts, which a test can open.
#pragma once
#include "conformance/api_site.hpp"
#include "people/totp.hpp"

namespace vigie::api {

using namespace std::chrono_literals;

class ApiPeople : public Api {
 protected:
  ApiPeople() { desk_options.has_mail = true; }

  struct OpenedMail {
    std::string what;
    std::string to;
    std::string token;
  };

  // The mails that wait, as they leave; none when nothing was to be told.
  std::vector<OpenedMail> mails() {
    std::vector<OpenedMail> opened;
    for (;;) {
      auto claimed = run(outbox().claim(notify::Channel::mail)).value();
      if (!claimed) {
        std::ranges::sort(opened, {}, &OpenedMail::what);
        return opened;
      }
      const auto item = claimed->items.at(0);
      const auto to = run(outbox().recipient(*claimed)).value();
      const auto token = run(outbox().make_token(item.subject));
      opened.push_back({item.what, to.email, token ? *token : ""});
      EXPECT_TRUE(run(outbox().delivered(std::move(*claimed))).has_value());
    }
  }
  std::string token_of(std::string_view what) {
    for (const auto& mail : mails()) {
      if (mail.what == what) {
        return mail.token;
      }
    }
    ADD_FAILURE() << "no mail about " << what;
    return {};
  }

  http::Response post(std::string path, std::string body, const Visitor* visitor = nullptr) {
    return ask("POST", std::move(path), visitor, std::move(body));
  }

  // A browser without JavaScript.
  http::Response submit(std::string path, std::string form) {
    http::Headers headers;
    headers.add("Content-Type", "application/x-www-form-urlencoded");
    headers.add("Origin", "http://localhost:8080");
    headers.add("Sec-Fetch-Site", "same-origin");
    return ask_with(std::move(headers), "POST", std::move(path), nullptr, std::move(form));
  }

  http::Response sign_in(std::string_view username, std::string_view with = password) {
    return post("/api/v1/session",
                fmt::format(R"({{"username":"{}","password":"{}"}})", username, with));
  }

  Visitor enter_with_email(const std::string& username, Role role, const std::string& email) {
    auto visitor = enter(username, role);
    execute("UPDATE person SET email = $2, email_folded = $2 WHERE id = $1", {visitor.id, email});
    return visitor;
  }

  std::string code_now(const std::string& secret) {
    return people::totp_code(seed_of(secret), to_micros(clock.now()) / people::totp_step.count());
  }

  // Enrols, and gives the base32 secret; the first code is used up.
  std::string enrol(const Visitor& visitor, std::vector<std::string>* recovery = nullptr) {
    const auto offered =
        json_of(post("/api/v1/me/totp", fmt::format(R"({{"password":"{}"}})", password), &visitor));
    const auto secret = get_string(offered, "secret").value_or("");
    const auto confirmed = ask("PUT", "/api/v1/me/totp", &visitor,
                               fmt::format(R"({{"code":"{}"}})", code_now(secret)));
    EXPECT_EQ(confirmed.status, 200) << confirmed.body;
    if (recovery != nullptr) {
      const auto body = json_of(confirmed);
      for (const auto& code : body.at("recovery_codes").as_array()) {
        recovery->emplace_back(code.as_string());
      }
    }
    return secret;
  }

 private:
  static std::string seed_of(const std::string& secret) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string bytes;
    unsigned window = 0;
    unsigned bits = 0;
    for (const char c : secret) {
      window = (window << 5U) | static_cast<unsigned>(alphabet.find(c));
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes += static_cast<char>((window >> bits) & 0xFFU);
      }
    }
    return bytes;
  }
};

}  // namespace vigie::api
