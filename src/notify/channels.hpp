// SPDX-License-Identifier: Apache-2.0
// What the pages need of the channels, in one hand.
#pragma once
#include "notify/delivery.hpp"
#include "notify/outbox.hpp"
#include "notify/preferences.hpp"
#include "notify/silences.hpp"
#include "notify/webhooks.hpp"

namespace vigie::notify {

struct Channels {
  Preferences& preferences;
  Silences& silences;
  Webhooks& webhooks;
  Outbox& outbox;
  Delivery& delivery;
};

}  // namespace vigie::notify
