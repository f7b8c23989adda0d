// SPDX-License-Identifier: Apache-2.0
#include "transcribe/whisper/loop_guard.hpp"

#include <zlib.h>

#include <algorithm>
#include <string>

namespace vigie::transcribe {
namespace {

constexpr double most_tokens_per_second = 12;
constexpr double spare_tokens = 12;  // a short shout may be dense
constexpr std::size_t longest_repeat = 8;
constexpr std::size_t most_repeats = 4;
constexpr double best_compression = 2.4;  // OpenAI's threshold
constexpr std::size_t shortest_compressed = 60;

bool repeats(std::span<const std::size_t> tokens) {
  for (std::size_t length = 1; length <= longest_repeat; ++length) {
    const auto stretch = length * most_repeats;
    for (std::size_t at = 0; at + stretch <= tokens.size(); ++at) {
      const auto run = tokens.subspan(at, stretch);
      if (std::equal(run.begin() + static_cast<std::ptrdiff_t>(length), run.end(), run.begin())) {
        return true;
      }
    }
  }
  return false;
}

bool compresses_too_well(std::string_view text) {
  if (text.size() <= shortest_compressed) {
    return false;
  }
  auto size = compressBound(text.size());
  std::string packed(size, '\0');
  const auto status = compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
                                reinterpret_cast<const Bytef*>(text.data()), text.size(), 6);
  return status == Z_OK &&
         static_cast<double>(text.size()) > best_compression * static_cast<double>(size);
}

}  // namespace

bool is_looping(std::span<const std::size_t> tokens, std::string_view text, Span sound) {
  const double most = most_tokens_per_second * to_seconds(sound) + spare_tokens;
  return static_cast<double>(tokens.size()) > most || repeats(tokens) || compresses_too_well(text);
}

}  // namespace vigie::transcribe
