// SPDX-License-Identifier: Apache-2.0
// The sounds of the simulator, decoded and encoded once however many lives and viewers use them.
#pragma once
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "async/worker_pool.hpp"
#include "base/result.hpp"
#include "log/log.hpp"

namespace vigie::sim {

// One sound in AAC. Grows until complete; for the I/O thread.
struct Track {
  std::string config;  // AudioSpecificConfig; there from the start
  int rate = 0;
  std::vector<std::string> packets;
  std::string silence;  // a packet of it
  bool is_complete = false;
  std::list<Signal*> waiting;

  // The packet that is due once `spoken` of the sound has passed, and when a packet is due.
  std::size_t index_at(Span spoken) const;
  Span time_of(std::size_t index) const;

  // What a live says there: silence once the sound is over, unless it begins again.
  const std::string& packet_at(std::size_t index, bool loops) const;
};

class SoundBank {
 public:
  SoundBank(const asio::any_io_executor& executor, WorkerPool& workers, TaskGroup& tasks,
            log::Log& log);

  // The sound of a file (empty: the generated melody) in one of the codecs: even generations are
  // 44.1 kHz mono, odd ones 48 kHz stereo. Encoding starts with the first call.
  // Shared: a stream keeps it while the bank forgets nothing and outlives no stream.
  std::shared_ptr<Track> track(const std::string& path, std::size_t codec_generation);

  // Returns once packet `index` is there, or the sound is complete.
  Async<> wait_for(std::shared_ptr<Track> track, std::size_t index);

  // Errc of media::open_sound_file, in a worker.
  Async<Result<>> check(std::string path);

 private:
  Async<> encode(std::shared_ptr<Track> track, std::string path, int rate, int channels);

  asio::any_io_executor executor_;
  WorkerPool& workers_;
  TaskGroup& tasks_;
  log::Log& log_;
  std::map<std::pair<std::string, bool>, std::shared_ptr<Track>> tracks_;
};

}  // namespace vigie::sim
