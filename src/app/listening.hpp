// SPDX-License-Identifier: Apache-2.0
// Listening to lives beside looking at accounts, when the operator named a signing service.
#pragma once
#include <memory>

#include "api/services.hpp"
#include "app/world.hpp"
#include "async/task_group.hpp"
#include "watch/accounts.hpp"

namespace vigie::app {

class Listening {
 public:
  // Nothing but a line on the status page without TIKTOK_SIGN_URL.
  Listening(World& world, watch::Accounts& accounts);
  ~Listening();

  void spawn(TaskGroup& tasks);
  api::PartStatus status(bool is_watching) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace vigie::app
