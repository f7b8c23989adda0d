// SPDX-License-Identifier: Apache-2.0
// How a host that is asked treats us, as GET /status tells it.
#pragma once
#include <boost/json/object.hpp>
#include <optional>

#include "api/services.hpp"
#include "base/json.hpp"
#include "platform/host_queue.hpp"

namespace vigie::api {

json::object to_json(const platform::HostStatus& host);

// null while nothing is known.
json::value to_json(const std::optional<CapacityStatus>& capacity);

}  // namespace vigie::api
