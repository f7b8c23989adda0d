// SPDX-License-Identifier: Apache-2.0
// The platforms this process knows, by name.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "platform/live_source.hpp"

namespace vigie::platform {

class Sources {
 public:
  void add(std::unique_ptr<LiveSource> source) { all_.push_back(std::move(source)); }

  // Nothing for a platform nobody added.
  LiveSource* find(std::string_view platform) const;

  const std::vector<std::unique_ptr<LiveSource>>& all() const { return all_; }

 private:
  std::vector<std::unique_ptr<LiveSource>> all_;
};

}  // namespace vigie::platform
