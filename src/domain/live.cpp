// SPDX-License-Identifier: Apache-2.0
#include "domain/live.hpp"

#include "domain/words.hpp"

namespace vigie {
namespace {

constexpr Words<LiveState, 3> live_states{
    {{LiveState::live, "live"}, {LiveState::paused, "paused"}, {LiveState::ended, "ended"}}};

constexpr Words<CaptureState, 7> capture_states{{{CaptureState::none, "none"},
                                                 {CaptureState::running, "running"},
                                                 {CaptureState::stalled, "stalled"},
                                                 {CaptureState::stopped, "stopped"},
                                                 {CaptureState::restricted, "restricted"},
                                                 {CaptureState::done, "done"},
                                                 {CaptureState::failed, "failed"}}};

constexpr Words<WordsState, 6> words_states{{{WordsState::none, "none"},
                                             {WordsState::on_time, "on_time"},
                                             {WordsState::late, "late"},
                                             {WordsState::put_off, "put_off"},
                                             {WordsState::catching_up, "catching_up"},
                                             {WordsState::done, "done"}}};

}  // namespace

std::string_view to_string(LiveState state) {
  return word_of(live_states, state);
}
Result<LiveState> parse_live_state(std::string_view text) {
  return parse_word(live_states, "a live's state", text);
}

std::string_view to_string(CaptureState state) {
  return word_of(capture_states, state);
}
Result<CaptureState> parse_capture_state(std::string_view text) {
  return parse_word(capture_states, "a capture state", text);
}

std::string_view to_string(WordsState state) {
  return word_of(words_states, state);
}
Result<WordsState> parse_words_state(std::string_view text) {
  return parse_word(words_states, "a state of words", text);
}

}  // namespace vigie
