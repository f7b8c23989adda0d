// SPDX-License-Identifier: Apache-2.0
// Bytes too large for SQL, by key ("lives/01ABC/000042.aac"): disk now, an object store later.
// Blocking: call from a WorkerPool.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vigie {

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  // Whole or not at all, on disk (fsync) when it returns. An existing key is replaced.
  // Errc::unavailable when there is no room or the disk fails; Errc::invalid for a key that is not
  // 1 to 200 of [a-zA-Z0-9._-] in parts joined by '/', or that has a part starting with '.'.
  virtual Result<> put(std::string_view key, std::string_view bytes) = 0;

  // Errc::not_found when there is none.
  virtual Result<std::string> get(std::string_view key) = 0;

  // Success also when there was none.
  virtual Result<> remove(std::string_view key) = 0;

  // The keys that start with prefix, sorted.
  virtual Result<std::vector<std::string>> list(std::string_view prefix) = 0;

  // Room left on the device, in bytes.
  virtual Result<std::uint64_t> free_bytes() = 0;
};

// A folder, made if missing.
Result<std::unique_ptr<BlobStore>> open_disk_blobs(std::string folder);

}  // namespace vigie
