// SPDX-License-Identifier: Apache-2.0
// /__sim/…: what tests and people turn by hand. The routes are the contract's, and `rename`.
#pragma once
#include <filesystem>
#include <vector>

#include "http/server.hpp"
#include "sim/fake_llm.hpp"
#include "sim/faults.hpp"
#include "sim/plugin.hpp"
#include "sim/sound.hpp"
#include "sim/stats.hpp"
#include "sim/world.hpp"

namespace vigie::sim {

class Controls {
 public:
  // folder: where relative sound files are looked for.
  Controls(World& world, SoundBank& sounds, Faults& faults, FakeLlm& llm, Stats& stats,
           std::filesystem::path folder);

  // It is asked about what /__sim/emit does not know.
  void add(Plugin& plugin) { plugins_.push_back(&plugin); }

  Async<http::Answer> answer(http::Request request);

  // Accounts of the same names are replaced; faults and answers too when the scenario has some.
  void play(const Scenario& scenario);

 private:
  Async<http::Answer> set(http::Request request);
  Result<std::optional<LivePlan>> plan_of(const http::Request& request) const;
  http::Answer show(const http::Request& request, int status, const std::string& room);
  http::Answer emit(const http::Request& request);
  http::Answer mode(const http::Request& request);
  http::Answer stats(const http::Request& request);
  http::Answer rename(const http::Request& request);
  http::Answer scenario(const http::Request& request);

  World& world_;
  SoundBank& sounds_;
  Faults& faults_;
  FakeLlm& llm_;
  Stats& stats_;
  std::filesystem::path folder_;
  std::vector<Plugin*> plugins_;
};

}  // namespace vigie::sim
