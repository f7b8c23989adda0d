// SPDX-License-Identifier: Apache-2.0
#include "platform/sources.hpp"

#include <algorithm>

namespace vigie::platform {

LiveSource* Sources::find(std::string_view platform) const {
  const auto found = std::ranges::find_if(
      all_, [platform](const auto& source) { return source->platform() == platform; });
  return found == all_.end() ? nullptr : found->get();
}

}  // namespace vigie::platform
