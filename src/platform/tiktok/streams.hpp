// SPDX-License-Identifier: Apache-2.0
// Which of a live's stream addresses to read (protocol §4): sound alone if there is, else the
// smallest.
#pragma once
#include <boost/json/fwd.hpp>

#include "base/result.hpp"
#include "platform/live_source.hpp"

namespace vigie::platform::tiktok {

// value: an object that has pull_data.stream_data (api-live's streamData) or
// live_core_sdk_data.pull_data.stream_data, flv_pull_url and hls_pull_url (room/info's stream_url).
// Order: ao's FLV, the FLV of lowest bit rate, flv_pull_url, any HLS. Errc::corrupt when there is
// none.
Result<StreamAddress> choose_stream(const boost::json::value& value);

// The same for a whole answer of webcast/room/info (protocol §1.3). Errc::denied for 4003110.
Result<StreamAddress> stream_in_room_info(std::string_view body);

}  // namespace vigie::platform::tiktok
