// SPDX-License-Identifier: Apache-2.0
// Brings published weights here: what was begun goes on where it stopped, and a model appears whole
// and checked, or not at all.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "async/async.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "transcribe/models.hpp"

namespace vigie::transcribe {

struct FetchOptions {
  std::string hub;            // MODELS_URL: "https://hub.example"
  std::string models_folder;  // the model goes to whisper/<name> below it
  // Bytes that may still be written in a folder.
  std::function<std::uint64_t(const std::string& folder)> room = room_on_disk;
  // Of model.bin, now and then. May be empty.
  std::function<void(std::uint64_t got, std::uint64_t all)> progress = {};
  int attempts = 5;  // in a row that bring nothing

  static std::uint64_t room_on_disk(const std::string& folder);
};

struct Fetched {
  std::string folder;
  bool was_there = false;
  bool is_trusted_on_first_use = false;  // the checksum was the hub's word, not ours
};

// Blocks between two waits while it writes and checks: for a command, on an io_context of its own.
// client: through a guard that trusts the hub. Errc::unavailable when the hub cannot be reached or
// there is no room, Errc::not_found when it has no such model, Errc::corrupt when what came is not
// what was promised (it is then removed), Errc::conflict when another fetch is at work. All in
// words with the cure.
Async<Result<Fetched>> fetch_model(http::Client& client, PublishedModel model,
                                   FetchOptions options);

}  // namespace vigie::transcribe
