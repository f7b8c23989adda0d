// SPDX-License-Identifier: Apache-2.0
// What Transcription counts. Only for src/transcribe/transcription*.cpp and their likes.
#pragma once
#include <array>

#include "metrics/metrics.hpp"
#include "transcribe/transcription.hpp"

namespace vigie::transcribe {

struct Transcription::Meters {
  explicit Meters(metrics::Registry& registry)
      : segments{registry.counter("vigie_transcribe_segments_total", "Segments stored.")},
        audio{
            registry.counter("vigie_transcribe_audio_seconds_total", "Sound taken from captures.")},
        caught_up{registry.counter("vigie_transcribe_catch_up_seconds_total",
                                   "Sound heard from the archive, because there was no time for it "
                                   "or nobody listened when it came.")},
        speech{registry.counter("vigie_transcribe_speech_seconds_total",
                                "Sound in which somebody speaks, handed to the recogniser.")},
        lost{registry.counter("vigie_transcribe_lost_seconds_total",
                              "Sound that was kept and has no words for a failure of ours.")},
        redone{
            registry.counter("vigie_transcribe_redo_total",
                             "Times an utterance was recognised again: its words made no sense.")},
        working{registry.counter("vigie_transcribe_working_seconds_total",
                                 "Time recognisers spent working, a thread each.")},
        interim_working{registry.counter("vigie_transcribe_interim_working_seconds_total",
                                         "The part of it for text that is not kept.")},
        interims_sent{registry.counter("vigie_transcribe_interims_total",
                                       "Texts of unfinished utterances.", {{"result", "sent"}})},
        interims_dropped{registry.counter("vigie_transcribe_interims_total",
                                          "Texts of unfinished utterances.",
                                          {{"result", "dropped"}})},
        put_offs{registry.counter("vigie_transcribe_put_offs_total",
                                  "Times a live's words were put off.")},
        delay{registry.histogram("vigie_transcribe_seconds",
                                 "From the end of an utterance, as heard, to its words stored, for "
                                 "lives that are listened to as they speak.")},
        depth{registry.gauge("vigie_transcribe_queue_depth",
                             "Utterances that wait for a recogniser.")},
        waiting{registry.gauge("vigie_transcribe_waiting_seconds",
                               "Sound of utterances in memory that wait for a recogniser.")},
        strain{registry.gauge("vigie_transcribe_strain",
                              "What is left out for lack of time: 0 nothing, 1 interim text, 2 the "
                              "dearest tries, 3 the least urgent lives are put off.")},
        lag{registry.gauge("vigie_transcribe_lag_seconds",
                           "How far the words of the live that is furthest behind are behind.")},
        lag_sum{registry.gauge("vigie_transcribe_lag_seconds_sum",
                               "How far the words of all lives are behind, added up.")} {
    for (const auto state :
         {WordsState::on_time, WordsState::late, WordsState::put_off, WordsState::catching_up}) {
      lives.at(static_cast<std::size_t>(state)) =
          &registry.gauge("vigie_transcribe_lives", "Lives in hand, by how their words stand.",
                          {{"state", to_string(state)}});
    }
  }

  metrics::Counter& segments;
  metrics::Counter& audio;
  metrics::Counter& caught_up;
  metrics::Counter& speech;
  metrics::Counter& lost;
  metrics::Counter& redone;
  metrics::Counter& working;
  metrics::Counter& interim_working;
  metrics::Counter& interims_sent;
  metrics::Counter& interims_dropped;
  metrics::Counter& put_offs;
  metrics::Histogram& delay;
  metrics::Gauge& depth;
  metrics::Gauge& waiting;
  metrics::Gauge& strain;
  metrics::Gauge& lag;
  metrics::Gauge& lag_sum;
  std::array<metrics::Gauge*, 6> lives{};  // by WordsState; none and done are not counted
};

}  // namespace vigie::transcribe
