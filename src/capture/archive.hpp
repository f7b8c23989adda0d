// SPDX-License-Identifier: Apache-2.0
// Keeps the sound of a live as it came: about four seconds a piece, each a file that plays
// anywhere, each hash covering the one before so that nothing can be changed or left out unseen.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "async/worker_pool.hpp"
#include "blob/blob_store.hpp"
#include "capture/captures.hpp"
#include "capture/journal.hpp"
#include "log/log.hpp"
#include "media/sound_reader.hpp"
#include "metrics/metrics.hpp"

namespace vigie::capture {

// Hexadecimal SHA-256 of the hash before and the bytes.
std::string chained_sha256(std::string_view previous, std::string_view bytes);

class Archive {
 public:
  Archive(const Work& work, BlobStore& blobs, WorkerPool& pool, Journal& journal, log::Log& log,
          metrics::Registry& metrics)
      : claim_{work.claim},
        next_sequence_{work.next_sequence},
        last_sha256_{work.last_sha256},
        blobs_{blobs},
        pool_{pool},
        journal_{journal},
        log_{log},
        metrics_{metrics} {}

  // What sounds from `from` to `to`. A piece holds sound of one format: flush before another.
  void add(const media::Sound& sound, Span from, Span to);

  // awaited: where speech ends whose words wait for their sound to be kept (SoundSink).
  bool is_due(Span awaited) const;

  // Stores what is held. Errc::conflict: the claim is lost. A full disk costs the piece: a gap, a
  // metric and an error in the log; a database that is away keeps the row for the next call.
  Async<Result<>> flush();

  // All sound before it is in the record, or was never to be kept.
  Span kept_until() const;

 private:
  static constexpr Span piece_length{std::chrono::seconds{4}};
  static constexpr Span least_piece{std::chrono::seconds{1}};  // however urgent

  Async<Result<>> record();
  Async<Result<>> write(SoundPiece piece);
  void count_unarchived(std::string_view reason, Span length);

  LiveClaim claim_;
  std::int64_t next_sequence_;
  std::string last_sha256_;
  BlobStore& blobs_;
  WorkerPool& pool_;
  Journal& journal_;
  log::Log& log_;
  metrics::Registry& metrics_;

  std::shared_ptr<const media::SoundFormat> format_;  // of bytes_
  std::string bytes_;
  Span start_{0};
  Span end_{0};
  std::deque<SoundPiece> unrecorded_;  // without a blob's key: a gap, for it could not be kept
};

}  // namespace vigie::capture
