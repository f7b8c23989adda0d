// SPDX-License-Identifier: Apache-2.0
#include "media/memory_file.hpp"

#include <cstdio>
#include <cstring>

#include "media/libav.hpp"

namespace vigie::media::libav {
namespace {

struct Memory {
  std::string bytes;
};

// One place in it; libav opens a second one to move the index to the front.
struct Cursor {
  Memory* memory = nullptr;
  std::size_t at = 0;
};

int read_some(void* opaque, std::uint8_t* target, int size) {
  auto& cursor = *static_cast<Cursor*>(opaque);
  const auto& bytes = cursor.memory->bytes;
  if (cursor.at >= bytes.size()) {
    return AVERROR_EOF;
  }
  const auto count = std::min(static_cast<std::size_t>(size), bytes.size() - cursor.at);
  std::memcpy(target, bytes.data() + cursor.at, count);
  cursor.at += count;
  return static_cast<int>(count);
}

int write_some(void* opaque, std::uint8_t* source, int size) {
  auto& cursor = *static_cast<Cursor*>(opaque);
  auto& bytes = cursor.memory->bytes;
  const auto count = static_cast<std::size_t>(size);
  if (cursor.at + count > bytes.size()) {
    bytes.resize(cursor.at + count);
  }
  std::memcpy(bytes.data() + cursor.at, source, count);
  cursor.at += count;
  return size;
}

std::int64_t seek_to(void* opaque, std::int64_t offset, int whence) {
  auto& cursor = *static_cast<Cursor*>(opaque);
  const auto size = static_cast<std::int64_t>(cursor.memory->bytes.size());
  if (whence == AVSEEK_SIZE) {
    return size;
  }
  constexpr int whence_bits = 3;  // the others are libav's flags
  const int from = whence & whence_bits;
  const auto base = from == SEEK_CUR   ? static_cast<std::int64_t>(cursor.at)
                    : from == SEEK_END ? size
                                       : std::int64_t{0};
  if (base + offset < 0) {
    return AVERROR(EINVAL);
  }
  cursor.at = static_cast<std::size_t>(base + offset);
  return base + offset;
}

constexpr int buffer_size = 64 * 1024;

AVIOContext* open_io(Cursor& cursor, bool is_for_writing) {
  auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_size));
  auto* io = avio_alloc_context(buffer, buffer_size, is_for_writing ? 1 : 0, &cursor, read_some,
                                write_some, seek_to);
  if (io == nullptr) {
    av_free(buffer);
  }
  return io;
}

// Both cursors of one file, where libav's callback finds the second.
struct File {
  Memory memory;
  Cursor written{&memory};
  Cursor reread{&memory};
};

int open_again(AVFormatContext* format, AVIOContext** io, const char*, int flags, AVDictionary**) {
  if ((flags & AVIO_FLAG_WRITE) != 0) {
    return AVERROR(EACCES);
  }
  auto& file = *static_cast<File*>(format->opaque);
  file.reread.at = 0;
  *io = open_io(file.reread, false);
  return *io == nullptr ? AVERROR(ENOMEM) : 0;
}

int close_again(AVFormatContext*, AVIOContext* io) {
  IoContext{io}.reset();
  return 0;
}

struct FreeOutput {
  void operator()(AVFormatContext* format) const { avformat_free_context(format); }
};
using Output = std::unique_ptr<AVFormatContext, FreeOutput>;

int add_track(AVFormatContext& format, const std::string& config, int rate, int channels) {
  auto* stream = avformat_new_stream(&format, nullptr);
  if (stream == nullptr) {
    return AVERROR(ENOMEM);
  }
  stream->time_base = {.num = 1, .den = rate};
  auto& parameters = *stream->codecpar;
  parameters.codec_type = AVMEDIA_TYPE_AUDIO;
  parameters.codec_id = AV_CODEC_ID_AAC;
  parameters.sample_rate = rate;
  parameters.frame_size = 1024;
  av_channel_layout_default(&parameters.ch_layout, channels);
  parameters.extradata =
      static_cast<std::uint8_t*>(av_mallocz(config.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (parameters.extradata == nullptr) {
    return AVERROR(ENOMEM);
  }
  parameters.extradata_size = static_cast<int>(config.size());
  std::memcpy(parameters.extradata, config.data(), config.size());
  return 0;
}

int write_packets(AVFormatContext& format, std::int64_t samples,
                  const std::vector<std::string>& packets) {
  const Packet packet{av_packet_alloc()};
  for (std::size_t index = 0; packet && index < packets.size(); ++index) {
    // libav only reads what it does not own.
    packet->data = static_cast<std::uint8_t*>(
        static_cast<void*>(const_cast<char*>(packets[index].data())));  // NOLINT(*const-cast)
    packet->size = static_cast<int>(packets[index].size());
    packet->pts = packet->dts = static_cast<std::int64_t>(index) * samples;
    packet->duration = samples;
    packet->stream_index = 0;
    packet->flags = AV_PKT_FLAG_KEY;
    av_packet_rescale_ts(packet.get(), {.num = 1, .den = format.streams[0]->codecpar->sample_rate},
                         format.streams[0]->time_base);
    if (const int failed = av_write_frame(&format, packet.get()); failed < 0) {
      return failed;
    }
  }
  return packet ? 0 : AVERROR(ENOMEM);
}

}  // namespace

Result<std::string> write_mp4(const std::string& config, int rate, int channels,
                              std::int64_t samples, const std::vector<std::string>& packets) {
  silence();
  File file;
  AVFormatContext* made = nullptr;
  int failed = avformat_alloc_output_context2(&made, nullptr, "mp4", nullptr);
  const Output format{made};
  const IoContext io{open_io(file.written, true)};
  if (failed < 0 || !io) {
    return make_error(Errc::unavailable, "no memory for a clip");
  }
  format->pb = io.get();
  format->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
  format->opaque = &file;
  format->io_open = open_again;
  format->io_close2 = close_again;
  failed = add_track(*format, config, rate, channels);
  AVDictionary* options = nullptr;
  av_dict_set(&options, "movflags", "+faststart", 0);
  if (failed >= 0) {
    failed = avformat_write_header(format.get(), &options);
  }
  av_dict_free(&options);
  if (failed >= 0) {
    failed = write_packets(*format, samples, packets);
  }
  if (failed >= 0) {
    failed = av_write_trailer(format.get());
  }
  if (failed < 0) {
    return make_error(Errc::corrupt, "writing a clip: {}", words(failed));
  }
  avio_flush(io.get());
  return std::move(file.memory.bytes);
}

}  // namespace vigie::media::libav
