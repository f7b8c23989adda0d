// SPDX-License-Identifier: Apache-2.0
// The JSON shapes of the contract, made here only, for REST answers and events alike.
#pragma once
#include <boost/json/object.hpp>

#include "domain/account.hpp"
#include "domain/alert.hpp"
#include "domain/assessment.hpp"
#include "domain/live.hpp"
#include "domain/person.hpp"

namespace vigie {

boost::json::object to_json(const Account& account);
boost::json::object to_json(const FollowedAccount& followed);
boost::json::object to_json(const Live& live);
boost::json::object to_json(const Segment& segment);  // seconds; "speech": true
boost::json::object to_json(const Interim& interim);  // without the account
boost::json::object to_json(const Gap& gap);          // seconds; "gap": reason
boost::json::object to_json(const Judgement& judgement, double risk);
boost::json::object to_json(const Assessment& assessment);
boost::json::object to_json(const Decision& decision);
boost::json::object to_json(const Alert& alert);
boost::json::object to_json(const Notification& notification);
boost::json::object to_json(const Person& person);

}  // namespace vigie
