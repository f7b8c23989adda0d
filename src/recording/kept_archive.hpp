// SPDX-License-Identifier: Apache-2.0
// The kept sound of lives, decoded again: for words that were put off.
#pragma once
#include <memory>
#include <string>

#include "async/worker_pool.hpp"
#include "blob/blob_store.hpp"
#include "db/database.hpp"
#include "media/sound_archive.hpp"

namespace vigie::recording {

class KeptArchive final : public media::SoundArchive {
 public:
  // pool: for the disk and for decoding.
  KeptArchive(db::Database& database, BlobStore& blobs, WorkerPool& pool)
      : database_{database}, blobs_{blobs}, pool_{pool} {}

  std::unique_ptr<media::ArchiveReader> open(std::string live_id, Span from) override;

 private:
  db::Database& database_;
  BlobStore& blobs_;
  WorkerPool& pool_;
};

}  // namespace vigie::recording
