// SPDX-License-Identifier: Apache-2.0
// What a live's own socket changes in what we know. Pure, as decision.hpp, which asks it.
#pragma once
#include "watch/decision.hpp"

namespace vigie::watch {

// A socket speaks of the one live it belongs to, and says neither its title nor who may watch it:
// when another live is open, or none, it proves nothing. An end it says is an end at once; viewers
// are no news of a pause, and do not undo the first "not on air" of another source.
Decision told_by_room(Decision unchanged, const Known& known, const platform::Observation& seen,
                      Time now);

}  // namespace vigie::watch
