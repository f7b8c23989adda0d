// SPDX-License-Identifier: Apache-2.0
// The engine of `vigie eval`: judges the cases of labelled sets and prints how well.
#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "analyse/judge.hpp"

namespace vigie::analyse {

// A block of lines a set, or with json one object a line. A set whose rows are of several groups
// named win… is also measured by group (the lengths of its windows). Errc::not_found or invalid,
// naming the file, for a set that cannot be read.
Async<Result<void>> evaluate_sets(std::vector<std::string> files, bool json, std::ostream& out,
                                  Judge& judge);

}  // namespace vigie::analyse
