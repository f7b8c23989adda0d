// SPDX-License-Identifier: Apache-2.0
// SMTP through libcurl: STARTTLS, TLS from the start or none; AUTH as the server offers it. Calls
// the operator's mail server and nothing else.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "async/worker_pool.hpp"
#include "notify/mail.hpp"

namespace vigie::notify {

enum class MailSecurity : std::uint8_t { starttls, tls, none };

struct MailServer {
  std::string host;
  std::uint16_t port = 587;
  MailSecurity security = MailSecurity::starttls;
  std::string user;  // empty: no AUTH
  std::string password;
  std::string ca_file;  // empty: the system's
  std::chrono::seconds patience{60};
};

// pool: where connections wait; outlives the mailer.
std::unique_ptr<Mailer> create_curl_mailer(MailServer server, WorkerPool& pool);

}  // namespace vigie::notify
