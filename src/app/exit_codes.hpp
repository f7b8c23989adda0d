// SPDX-License-Identifier: Apache-2.0
// How a command ends (contract.md; 64 and 78 are sysexits.h's).
#pragma once

namespace vigie::app {

inline constexpr int exit_fine = 0;
inline constexpr int exit_finding = 1;
inline constexpr int exit_usage = 64;
inline constexpr int exit_configuration = 78;

}  // namespace vigie::app
