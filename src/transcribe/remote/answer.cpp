// SPDX-License-Identifier: Apache-2.0
#include "transcribe/remote/answer.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>

#include "base/json.hpp"
#include "base/text.hpp"
#include "media/pcm.hpp"
#include "transcribe/not_speech.hpp"
#include "transcribe/remote/language_names.hpp"

namespace vigie::transcribe {
namespace {

constexpr std::size_t largest_text = 8'192;
constexpr std::size_t largest_answer = 1UL << 20U;
// OpenAI's own thresholds, as the local engine's.
constexpr double lowest_log_probability = -1;
constexpr double best_compression = 2.4;
constexpr double most_silence = 0.6;
constexpr double unknown_confidence = 0.5;

constexpr std::chrono::seconds usual_patience{10};
constexpr double longest_patience_s = 3600;
// A wrong key is not healed by asking again soon.
constexpr std::chrono::seconds wait_for_operator{300};

std::string little_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (; bytes > 0; --bytes, value >>= 8U) {
    text.push_back(static_cast<char>(value & 0xFFU));
  }
  return text;
}

// The figures of the segments, weighted with what they say.
struct Figures {
  double log_probability = 0;
  double silence = 1;      // the least of them
  double compression = 0;  // the greatest
  bool are_there = false;
};

Figures figures_of(const json::value& answer) {
  Figures figures;
  const auto* segments = find(answer, "segments");
  if (segments == nullptr || !segments->is_array()) {
    return figures;
  }
  double weights = 0;
  for (const auto& segment : segments->get_array()) {
    const auto probability = get_number(segment, "avg_logprob");
    if (!probability) {
      continue;
    }
    const auto weight = static_cast<double>(get_string(segment, "text").value_or("").size() + 1);
    figures.log_probability += weight * *probability;
    weights += weight;
    figures.silence = std::min(figures.silence, get_number(segment, "no_speech_prob").value_or(0));
    figures.compression =
        std::max(figures.compression, get_number(segment, "compression_ratio").value_or(0));
  }
  if (weights > 0) {
    figures.log_probability /= weights;
    figures.are_there = true;
  }
  return figures;
}

Error for_the_operator(int status, std::string_view cure) {
  auto error =
      make_error(Errc::unavailable, "the recogniser's endpoint answered {}: {}", status, cure);
  error.retry_after = wait_for_operator;
  return error;
}

}  // namespace

std::string to_wav(std::span<const float> samples) {
  constexpr std::uint32_t rate = media::sample_rate;
  const auto size = static_cast<std::uint32_t>(2 * samples.size());
  auto wav = "RIFF" + little_endian(36 + size, 4) + "WAVEfmt " + little_endian(16, 4) +
             little_endian(1, 2) + little_endian(1, 2) + little_endian(rate, 4) +
             little_endian(2 * rate, 4) + little_endian(2, 2) + little_endian(16, 2) + "data" +
             little_endian(size, 4);
  wav.reserve(wav.size() + size);
  for (const float sample : samples) {
    const auto level = static_cast<std::int16_t>(
        std::lround(32'767 * static_cast<double>(std::clamp(sample, -1.0F, 1.0F))));
    wav += static_cast<char>(level & 0xFF);
    wav += static_cast<char>(level >> 8);
  }
  return wav;
}

Form form_of(std::span<const float> samples, std::string_view model, std::string_view language,
             std::string_view boundary) {
  std::string body;
  const auto field = [&](std::string_view name, std::string_view value) {
    body += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n",
                        boundary, name, value);
  };
  field("model", model);
  field("response_format", "verbose_json");
  field("temperature", "0");
  if (language != "auto") {
    field("language", language);
  }
  body += fmt::format(
      "--{}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"speech.wav\"\r\n"
      "Content-Type: audio/wav\r\n\r\n",
      boundary);
  body += to_wav(samples);
  body += fmt::format("\r\n--{}--\r\n", boundary);
  return {fmt::format("multipart/form-data; boundary={}", boundary), std::move(body)};
}

Result<Transcript> read_transcript(std::string_view body, std::string_view language) {
  const auto answer = parse_json(body, {.bytes = largest_answer, .depth = 32});
  if (!answer) {
    return answer.error().during("reading the recogniser's answer");
  }
  const auto text = get_string(*answer, "text");
  if (!text) {
    return make_error(Errc::corrupt, "the recogniser's answer holds no text");
  }
  Transcript transcript{.text = std::string{trim(clean_utf8(*text, largest_text))},
                        .language = std::string{language}};
  if (language == "auto") {
    transcript.language = language_code(get_string(*answer, "language").value_or(""));
  }
  const auto figures = figures_of(*answer);
  transcript.confidence =
      figures.are_there ? std::exp(std::min(figures.log_probability, 0.0)) : unknown_confidence;
  transcript.uncertain = figures.are_there && (figures.log_probability < lowest_log_probability ||
                                               figures.compression > best_compression);
  const bool is_silence = figures.are_there && figures.silence > most_silence &&
                          figures.log_probability < lowest_log_probability;
  const bool is_doubtful = transcript.uncertain || transcript.confidence < unknown_confidence;
  if (is_silence || is_not_speech(transcript.text, is_doubtful)) {
    transcript.text.clear();
  }
  return transcript;
}

Error failure_of(const http::Response& response, bool has_answered) {
  const int status = response.status;
  if (status == 401 || status == 403) {
    return for_the_operator(status, "check WHISPER_API_KEY or GROQ_API_KEY");
  }
  if (status == 404) {
    return for_the_operator(status, "check WHISPER_BASE_URL and WHISPER_REMOTE_MODEL");
  }
  if (status == 429 || status == 408 || status >= 500) {
    auto error = make_error(status == 429 ? Errc::rate_limited : Errc::unavailable,
                            "the recogniser's endpoint answered {}", status);
    const auto said = to_number(trim(response.headers.get("retry-after")));
    if (said && *said > 0) {
      error.retry_after =
          std::chrono::seconds{static_cast<int>(std::ceil(std::min(*said, longest_patience_s)))};
    } else if (status == 429) {
      error.retry_after = usual_patience;
    }
    return error;
  }
  return has_answered ? make_error(Errc::invalid,
                                   "the recogniser's endpoint refused an utterance: {}", status)
                      : for_the_operator(status, "check WHISPER_REMOTE_MODEL and the language");
}

}  // namespace vigie::transcribe
