// SPDX-License-Identifier: Apache-2.0
// What recognisers write where nobody speaks: credits of the subtitles they were trained on. The
// speech detector stops nearly all of it; this is the backstop.
#pragma once
#include <string_view>

namespace vigie::transcribe {

// True when the whole text is a subtitler's credit or the description of a sound ("[Musique]"):
// words nobody says. A sentence that merely contains one is speech.
bool is_subtitle_artefact(std::string_view text);

}  // namespace vigie::transcribe
