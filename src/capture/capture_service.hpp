// SPDX-License-Identifier: Apache-2.0
// Takes lives in hand, one reader each, keeps their leases, and lets them go when they end, when a
// person stops the capture, or when another process has taken over.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "bus/bus.hpp"
#include "capture/captures.hpp"
#include "capture/live_reader.hpp"
#include "platform/sources.hpp"

namespace vigie::capture {

struct CaptureOptions {
  std::int64_t most = 64;               // lives at a time: the rest is for other processes
  Span sweep{std::chrono::seconds{2}};  // hints may be lost
  Span least_pause{std::chrono::milliseconds{250}};  // between two looks, however many hints come
  Span renewal{std::chrono::milliseconds{1500}};
  ReaderLimits reader;
};

// All outlive the service.
struct CaptureTools {
  http::Client& client;
  const http::AddressGuard& guard;
  const platform::Sources& sources;
  media::SoundSink& sink;
  BlobStore& blobs;
  WorkerPool& pool;  // for the disk
  Clock& clock;
  log::Log& log;
  metrics::Registry& metrics;
  std::function<bool()> has_room{[] { return true; }};  // as ReaderTools
};

class CaptureService {
 public:
  CaptureService(asio::any_io_executor executor, Captures& captures, Bus& bus, CaptureTools tools,
                 CaptureOptions options = {});
  ~CaptureService();

  // Until cancelled; then lets every sink settle, gives the leases back and returns.
  Async<> run();

  std::size_t size() const { return running_.size(); }

 private:
  struct Running;

  Async<> loop();
  Async<> keep();
  Async<> claim();
  Async<> collect();
  void take(Work work);
  Async<> refuse(Work work);
  Async<> work(Running& running);
  Async<> conclude(Running& running);
  void compare(const std::vector<Work>& held);
  void abandon_all();

  asio::any_io_executor executor_;
  Captures& captures_;
  Bus& bus_;
  CaptureTools tools_;
  CaptureOptions options_;
  Signal wake_;
  std::map<std::string, std::unique_ptr<Running>> running_;
  std::set<std::string> renewing_;  // taken since are not missed in the answer
  Span renewed_at_{0};
};

}  // namespace vigie::capture
