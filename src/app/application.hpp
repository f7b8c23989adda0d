// SPDX-License-Identifier: Apache-2.0
// The running Vigie: its roles, joined. Made once a process (and by tests/integration).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/world.hpp"
#include "async/async.hpp"
#include "base/result.hpp"

namespace vigie::app {

struct RoleSet {
  bool web = true;
  bool watch = true;
  bool listen = true;
  bool analyse = true;
};
RoleSet parse_roles(const std::vector<std::string>& names);  // none: all

class Application {
 public:
  virtual ~Application() = default;

  // Until cancelled; then ends every role in its order: what was heard is settled, leases are given
  // back.
  virtual Async<> run() = 0;

  virtual std::uint16_t web_port() const = 0;  // 0 without the web role
  virtual std::uint16_t metrics_port() const = 0;
};

// Migrates or checks the schema, binds the ports, loads the models. What is missing but can be done
// without (weights, an LLM) is said in the log and on the status page. The world outlives it.
Result<std::unique_ptr<Application>> create_application(World& world, RoleSet roles);

}  // namespace vigie::app
