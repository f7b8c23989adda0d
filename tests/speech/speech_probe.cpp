// SPDX-License-Identifier: Apache-2.0
// Lets the Python checks of this folder see what the recogniser computes. Samples (32-bit floats,
// 16 kHz) come on stdin.
//   speech_probe vad WEIGHTS        one probability a line, one for every 512 samples
//   speech_probe mel BANDS FRAMES   the features as 32-bit floats
//   speech_probe tokens FOLDER      a line of token numbers → the same line as text, as a JSON
//   string
#include <fmt/format.h>

#include <array>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "transcribe/log_mel.hpp"
#include "transcribe/speech_detector.hpp"
#ifdef VIGIE_HAS_WHISPER
#include "transcribe/whisper/tokens.hpp"
#endif

namespace {

using namespace vigie;  // NOLINT(google-build-using-namespace)

std::vector<float> read_samples() {
  std::vector<float> samples;
  std::array<float, 4096> buffer;
  while (const auto count = std::fread(buffer.data(), sizeof(float), buffer.size(), stdin)) {
    samples.insert(samples.end(), buffer.begin(), buffer.begin() + count);
  }
  return samples;
}

int print_probabilities(const std::string& weights_path) {
  const auto weights = transcribe::load_silero(weights_path);
  if (!weights) {
    fmt::print(stderr, "{}\n", weights.error().what);
    return 1;
  }
  const auto detector = transcribe::make_silero_detector(*weights);
  auto samples = read_samples();
  constexpr auto frame = transcribe::samples_in_frame;
  samples.resize((samples.size() + frame - 1) / frame * frame);
  for (std::size_t at = 0; at < samples.size(); at += frame) {
    fmt::print("{:.7f}\n", detector->hear(std::span{samples}.subspan(at, frame)));
  }
  return 0;
}

int print_features(std::string_view bands, std::string_view frames) {
  const auto count = to_integer(bands);
  const auto length = to_integer(frames);
  if (!count || !length || *count < 1 || *length < 1) {
    fmt::print(stderr, "BANDS and FRAMES must be positive numbers\n");
    return 64;
  }
  const transcribe::LogMel mel{static_cast<std::size_t>(*count)};
  const auto features = mel.compute(read_samples(), static_cast<std::size_t>(*length));
  return std::fwrite(features.data(), sizeof(float), features.size(), stdout) == features.size()
             ? 0
             : 1;
}

#ifdef VIGIE_HAS_WHISPER
int print_texts(const std::string& folder) {
  const auto tokens = transcribe::Tokens::load(folder);
  if (!tokens) {
    fmt::print(stderr, "{}\n", tokens.error().what);
    return 1;
  }
  for (std::string line; std::getline(std::cin, line);) {
    std::vector<std::size_t> ids;
    for (const auto word : split(line, ' ')) {
      if (const auto id = to_integer(word); id && *id >= 0) {
        ids.push_back(static_cast<std::size_t>(*id));
      }
    }
    fmt::print("{}\n", boost::json::serialize(tokens->text(ids)));
  }
  return 0;
}
#else
int print_texts(const std::string&) {
  fmt::print(stderr, "built without CTranslate2\n");
  return 77;
}
#endif

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments{words + 1, words + count};
  if (arguments.size() == 2 && arguments[0] == "vad") {
    return print_probabilities(arguments[1]);
  }
  if (arguments.size() == 3 && arguments[0] == "mel") {
    return print_features(arguments[1], arguments[2]);
  }
  if (arguments.size() == 2 && arguments[0] == "tokens") {
    return print_texts(arguments[1]);
  }
  fmt::print(stderr, "speech_probe vad WEIGHTS | mel BANDS FRAMES | tokens FOLDER\n");
  return 64;
}
