// SPDX-License-Identifier: Apache-2.0
// What tells people outside of the pages, put together from the configuration.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "api/services.hpp"
#include "app/world.hpp"
#include "async/task_group.hpp"
#include "async/worker_pool.hpp"
#include "http/client.hpp"
#include "notify/channels.hpp"
#include "notify/sending.hpp"
#include "seal/sealer.hpp"

namespace vigie::app {

// Where Vigie's pages are, for links: https://DOMAIN, or where it listens.
std::string public_url(const config::Config& config);

class Outbound {
 public:
  Outbound(World& world, http::Client& client);

  notify::Channels& channels() { return channels_; }
  const seal::Sealer& sealer() const { return sealer_; }
  bool has_mail() const { return delivery_.has_mail(); }
  void spawn(TaskGroup& tasks) { sending_.spawn(tasks); }

  // Writes to the administrators each time that there is no more room for sound. Until cancelled.
  Async<> tell_of_disk(std::function<bool()> has_room);
  api::PartStatus status(bool is_on) const;

 private:
  World& world_;
  std::string mail_note_;  // why no mail is sent; empty: mail is sent
  WorkerPool pool_;
  std::unique_ptr<notify::Mailer> mailer_;
  seal::Sealer sealer_;
  notify::Delivery delivery_;
  notify::Preferences preferences_;
  notify::Silences silences_;
  notify::Webhooks webhooks_;
  notify::Outbox outbox_;
  notify::Sending sending_;
  notify::Channels channels_;
};

}  // namespace vigie::app
