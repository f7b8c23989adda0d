// SPDX-License-Identifier: Apache-2.0
// What recognisers write where nobody speaks: credits of the subtitles they were trained on. The
// speech detector stops nearly all of it; this is the backstop.
#pragma once
#include <span>
#include <string_view>

#include "base/time.hpp"

namespace vigie::transcribe {

// True when the whole text is a subtitler's credit or the description of a sound ("[Musique]"):
// words nobody says. A sentence that merely contains one is speech.
bool is_subtitle_artefact(std::string_view text);

// True when the whole text is what recognisers write into noise and people say as well ("Merci
// d'avoir regardé cette vidéo"): to be believed only when it was heard clearly.
bool is_filler(std::string_view text);

// Nothing anybody said: a credit, a filler that was not heard clearly, or dots and notes alone.
bool is_not_speech(std::string_view text, bool is_doubtful);

// A recogniser must write something, and this is what it chose in the shortest of sounds without
// believing it. (Measured: onsets of music 0.08 to 0.14 within 0.9 s; words of people from 0.26.)
bool is_by_chance(double confidence, Span duration);

// Too quiet for words to be believed without question: below -50 dB of the loudest sound there is.
bool is_quiet(std::span<const float> samples);

}  // namespace vigie::transcribe
