// SPDX-License-Identifier: Apache-2.0
// The sentences that people can cause, English and French. Inside api/ only.
#pragma once
#include <span>
#include <string_view>
#include <utility>

namespace vigie::api {

// The first that fits counts: the most particular ones stand first.
std::span<const std::pair<std::string_view, std::string_view>> french_sentences();

}  // namespace vigie::api
