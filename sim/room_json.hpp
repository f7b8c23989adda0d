// SPDX-License-Identifier: Apache-2.0
// Accounts and rooms as objects of TikTok's answers; what several pages share. Pure.
#pragma once
#include <boost/json/object.hpp>

#include "sim/pages.hpp"

namespace vigie::sim {

// Whether the account can be asked for by its name.
bool has_public_name(const Account* account);

// api-live's user and stats (§1.1).
boost::json::object user_of(const PageContext& context, const Account& account, const Live* live,
                            int status);
boost::json::object stats_of(const Account& account);
// The three objects that api-live and the live page share.
boost::json::object live_data(const PageContext& context, const Account& account);

// room/info's data (§1.3), and LiveRoomInfo of /api/live/detail (§1.6).
boost::json::object room_facts(const PageContext& context, const Account& account,
                               const Live& live);
boost::json::object room_detail(const PageContext& context, const Account& account,
                                const Live& live);

}  // namespace vigie::sim
