// SPDX-License-Identifier: Apache-2.0
// What a fault makes of an answer.
#pragma once
#include "async/clock.hpp"
#include "base/random.hpp"
#include "http/server.hpp"
#include "sim/faults.hpp"
#include "sim/routes.hpp"

namespace vigie::sim {

// True for what another host of the platform's would do too: refuse, break, or send nonsense.
// Captchas and their like are the pages' alone.
bool is_of_any_host(Mode mode);

// The answer that a client gets instead of `page`. Modes that the pages themselves know (poison,
// params_error) and ok leave it as it is. base: of an address to be redirected to.
http::Answer misbehave(const Fault& fault, const Route& route, http::Response page,
                       const std::string& base, Clock& clock, Random& random);

// The page that a login redirect leads to.
http::Response login_page();

std::string random_bytes(Random& random, std::size_t size);

}  // namespace vigie::sim
