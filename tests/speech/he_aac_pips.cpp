// SPDX-License-Identifier: Apache-2.0
// Twelve seconds of high-efficiency AAC, a pip of a tenth of a second at each full second over a
// soft hum, on stdout. Built by tests/speech/he_aac only.
//   pips OBJECT_TYPE CHANNELS adts|flv      5: with SBR; 29: and parametric stereo
#include <aacenc_lib.h>

#include <cmath>
#include <cstdio>
#include <numbers>
#include <string>
#include <vector>

namespace {

constexpr int rate = 44'100;
constexpr int seconds = 12;

void put_number(std::string& out, unsigned value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
  }
}

void write(const std::string& bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
}

void write_tag(unsigned milliseconds, const std::string& body) {
  const auto size = static_cast<unsigned>(body.size());
  std::string tag{"\x08"};
  put_number(tag, size, 3);
  put_number(tag, milliseconds & 0xFFFFFFU, 3);
  put_number(tag, milliseconds >> 24U, 1);
  put_number(tag, 0, 3);
  tag += body;
  put_number(tag, size + 11, 4);
  write(tag);
}

double sample_at(long place) {
  const double time = place / static_cast<double>(rate);
  const double turn = 2 * std::numbers::pi * time;
  const bool is_pip = time >= 0.5 && std::fmod(time, 1.0) < 0.1;
  return (is_pip ? 0.5 * std::sin(1000 * turn) : 0.0) + 0.003 * std::sin(150 * turn);
}

// One frame of samples in (none: the end), the packet it completes out.
bool encode(HANDLE_AACENCODER encoder, std::vector<INT_PCM>& samples, int count,
            std::string& packet) {
  void* source = samples.data();
  int source_size = static_cast<int>(samples.size() * sizeof(INT_PCM));
  int source_element = sizeof(INT_PCM);
  int source_id = IN_AUDIO_DATA;
  AACENC_BufDesc in{1, &source, &source_id, &source_size, &source_element};
  packet.resize(20'000);
  void* target = packet.data();
  int target_size = static_cast<int>(packet.size());
  int target_element = 1;
  int target_id = OUT_BITSTREAM_DATA;
  AACENC_BufDesc out{1, &target, &target_id, &target_size, &target_element};
  AACENC_InArgs given{count > 0 ? count : -1, 0};
  AACENC_OutArgs made{};
  const auto done = aacEncEncode(encoder, &in, &out, &given, &made);
  packet.resize(static_cast<std::size_t>(made.numOutBytes));
  return done == AACENC_OK;
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    return 64;
  }
  const int type = std::stoi(words[1]);
  const int channels = std::stoi(words[2]);
  const bool is_flv = std::string{words[3]} == "flv";
  HANDLE_AACENCODER encoder = nullptr;
  if (aacEncOpen(&encoder, 0, static_cast<UINT>(channels)) != AACENC_OK) {
    return 1;
  }
  aacEncoder_SetParam(encoder, AACENC_AOT, static_cast<UINT>(type));
  aacEncoder_SetParam(encoder, AACENC_SAMPLERATE, rate);
  aacEncoder_SetParam(encoder, AACENC_CHANNELMODE, channels == 1 ? MODE_1 : MODE_2);
  aacEncoder_SetParam(encoder, AACENC_BITRATE, type == 29 ? 32'000 : 48'000);
  aacEncoder_SetParam(encoder, AACENC_TRANSMUX, is_flv ? TT_MP4_RAW : TT_MP4_ADTS);
  aacEncoder_SetParam(encoder, AACENC_SIGNALING_MODE, is_flv ? 2 : 0);
  AACENC_InfoStruct info{};
  if (aacEncEncode(encoder, nullptr, nullptr, nullptr, nullptr) != AACENC_OK ||
      aacEncInfo(encoder, &info) != AACENC_OK) {
    return 1;
  }
  if (is_flv) {
    write(std::string("FLV\x01\x04\0\0\0\x09\0\0\0\0", 13));
    const auto* config = static_cast<const char*>(static_cast<const void*>(info.confBuf));
    write_tag(0, std::string("\xAF\0", 2) + std::string(config, info.confSize));
  }
  std::vector<INT_PCM> samples(static_cast<std::size_t>(info.frameLength) *
                               static_cast<std::size_t>(channels));
  std::string packet;
  double frames = 0;
  for (long place = 0;;) {
    std::size_t filled = 0;
    for (; filled < samples.size() && place < static_cast<long>(rate) * seconds; ++place) {
      for (int channel = 0; channel < channels; ++channel) {
        samples[filled++] =
            static_cast<INT_PCM>(32'767 * (channel == 0 ? 1 : 0.6) * sample_at(place));
      }
    }
    if (!encode(encoder, samples, static_cast<int>(filled), packet)) {
      return 0;
    }
    if (!packet.empty() && is_flv) {
      write_tag(static_cast<unsigned>(1000 * frames * info.frameLength / rate),
                std::string("\xAF\1", 2) + packet);
    } else {
      write(packet);
    }
    frames += packet.empty() ? 0 : 1;
    if (packet.empty() && filled == 0) {
      return 0;
    }
  }
}
