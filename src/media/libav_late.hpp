// SPDX-License-Identifier: Apache-2.0
// libav's functions, looked up when they are first called: libav brings 160 libraries and 20 MB
// with it, and most of Vigie's processes never hear a sound (docs/adr/0019). Only for libav.hpp.
//
// Within vigie::media these names hide libav's own, so code reads as if libav were linked.
#pragma once
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

#include <atomic>

namespace vigie::media {
namespace libav {

// One shared library, opened when something in it is first looked for, and never closed.
class Library {
 public:
  constexpr Library(const char* file, const char* package) : file_{file}, package_{package} {}

  // Any thread. Throws std::runtime_error, with the cure, when the library or the function is not
  // on this machine: Vigie was built against it.
  void* find(const char* function);

 private:
  const char* file_;
  const char* package_;
  std::atomic<void*> handle_{nullptr};
};

template <class Function>
class Late;
template <class Answer, class... Arguments>
class Late<Answer(Arguments...)> {
 public:
  constexpr Late(Library& library, const char* name) : library_{library}, name_{name} {}

  Answer operator()(Arguments... arguments) const {
    auto* function = function_.load(std::memory_order_acquire);
    if (function == nullptr) {
      function = reinterpret_cast<Function*>(library_.find(name_));
      function_.store(function, std::memory_order_release);
    }
    return function(arguments...);
  }

 private:
  using Function = Answer(Arguments...);
  Library& library_;
  const char* name_;
  mutable std::atomic<Function*> function_{nullptr};
};

// The version of the headers is the version that is asked for.
inline constinit Library avutil{"libavutil.so." AV_STRINGIFY(LIBAVUTIL_VERSION_MAJOR),
                                "libavutil" AV_STRINGIFY(LIBAVUTIL_VERSION_MAJOR)};
inline constinit Library avcodec{"libavcodec.so." AV_STRINGIFY(LIBAVCODEC_VERSION_MAJOR),
                                 "libavcodec" AV_STRINGIFY(LIBAVCODEC_VERSION_MAJOR)};
inline constinit Library avformat{"libavformat.so." AV_STRINGIFY(LIBAVFORMAT_VERSION_MAJOR),
                                  "libavformat" AV_STRINGIFY(LIBAVFORMAT_VERSION_MAJOR)};
inline constinit Library swresample{"libswresample.so." AV_STRINGIFY(LIBSWRESAMPLE_VERSION_MAJOR),
                                    "libswresample" AV_STRINGIFY(LIBSWRESAMPLE_VERSION_MAJOR)};

}  // namespace libav

#define VIGIE_LATE(library, name)                       \
  inline constinit libav::Late<decltype(::name)> name { \
    libav::library, #name                               \
  }

VIGIE_LATE(avutil, av_channel_layout_copy);
VIGIE_LATE(avutil, av_channel_layout_default);
VIGIE_LATE(avutil, av_channel_layout_describe);
VIGIE_LATE(avutil, av_channel_layout_uninit);
VIGIE_LATE(avutil, av_dict_free);
VIGIE_LATE(avutil, av_dict_set);
VIGIE_LATE(avutil, av_frame_alloc);
VIGIE_LATE(avutil, av_frame_free);
VIGIE_LATE(avutil, av_frame_get_buffer);
VIGIE_LATE(avutil, av_frame_make_writable);
VIGIE_LATE(avutil, av_frame_unref);
VIGIE_LATE(avutil, av_free);
VIGIE_LATE(avutil, av_freep);
VIGIE_LATE(avutil, av_log_set_callback);
VIGIE_LATE(avutil, av_malloc);
VIGIE_LATE(avutil, av_mallocz);
VIGIE_LATE(avutil, av_match_list);
VIGIE_LATE(avutil, av_max_alloc);
VIGIE_LATE(avutil, av_opt_set_double);
VIGIE_LATE(avutil, av_rescale_q);
VIGIE_LATE(avutil, av_strdup);
VIGIE_LATE(avutil, av_strerror);
VIGIE_LATE(avutil, avutil_version);

VIGIE_LATE(avcodec, av_new_packet);
VIGIE_LATE(avcodec, av_packet_alloc);
VIGIE_LATE(avcodec, av_packet_free);
VIGIE_LATE(avcodec, av_packet_rescale_ts);
VIGIE_LATE(avcodec, av_packet_unref);
VIGIE_LATE(avcodec, avcodec_alloc_context3);
VIGIE_LATE(avcodec, avcodec_find_decoder);
VIGIE_LATE(avcodec, avcodec_find_encoder);
VIGIE_LATE(avcodec, avcodec_find_encoder_by_name);
VIGIE_LATE(avcodec, avcodec_free_context);
VIGIE_LATE(avcodec, avcodec_open2);
VIGIE_LATE(avcodec, avcodec_parameters_from_context);
VIGIE_LATE(avcodec, avcodec_parameters_to_context);
VIGIE_LATE(avcodec, avcodec_receive_frame);
VIGIE_LATE(avcodec, avcodec_receive_packet);
VIGIE_LATE(avcodec, avcodec_send_frame);
VIGIE_LATE(avcodec, avcodec_send_packet);
VIGIE_LATE(avcodec, avcodec_version);

VIGIE_LATE(avformat, av_find_best_stream);
VIGIE_LATE(avformat, av_find_input_format);
VIGIE_LATE(avformat, av_probe_input_buffer2);
VIGIE_LATE(avformat, av_read_frame);
VIGIE_LATE(avformat, av_stream_get_side_data);
VIGIE_LATE(avformat, av_write_frame);
VIGIE_LATE(avformat, av_write_trailer);
VIGIE_LATE(avformat, avformat_alloc_context);
VIGIE_LATE(avformat, avformat_alloc_output_context2);
VIGIE_LATE(avformat, avformat_close_input);
VIGIE_LATE(avformat, avformat_find_stream_info);
VIGIE_LATE(avformat, avformat_free_context);
VIGIE_LATE(avformat, avformat_new_stream);
VIGIE_LATE(avformat, avformat_open_input);
VIGIE_LATE(avformat, avformat_version);
VIGIE_LATE(avformat, avformat_write_header);
VIGIE_LATE(avformat, avio_alloc_context);
VIGIE_LATE(avformat, avio_context_free);
VIGIE_LATE(avformat, avio_flush);

VIGIE_LATE(swresample, swr_alloc_set_opts2);
VIGIE_LATE(swresample, swr_convert);
VIGIE_LATE(swresample, swr_free);
VIGIE_LATE(swresample, swr_get_out_samples);
VIGIE_LATE(swresample, swr_init);
VIGIE_LATE(swresample, swresample_version);

#undef VIGIE_LATE

}  // namespace vigie::media
