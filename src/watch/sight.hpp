// SPDX-License-Identifier: Apache-2.0
// The names of domain/sight.hpp, as this room spells them.
#pragma once
#include "domain/sight.hpp"

namespace vigie::watch {

using vigie::Page;
using vigie::Sight;

}  // namespace vigie::watch
