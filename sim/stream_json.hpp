// SPDX-License-Identifier: Apache-2.0
// The stream addresses of a live as api-live and room/info carry them (protocol notes §1.1, §1.3).
// Pure.
#pragma once
#include <boost/json/object.hpp>

#include "sim/pages.hpp"

namespace vigie::sim {

enum class Codec : std::uint8_t { h264, h265 };

// {options:{qualities, default_quality}, stream_data: JSON as text}. Sound only (`ao`) travels with
// h264.
boost::json::object pull_data(const PageContext& context, const Account& account, const Live& live,
                              Codec codec);

// room/info's `stream_url`.
boost::json::object stream_url(const PageContext& context, const Account& account,
                               const Live& live);

}  // namespace vigie::sim
