// SPDX-License-Identifier: Apache-2.0
#include "search/indexer.hpp"

namespace vigie::search {
namespace {

constexpr std::int64_t batch = 200;  // the writers of the pipeline wait no longer than this takes
constexpr Span sweep{2'000'000};

}  // namespace

Indexer::Indexer(const asio::any_io_executor& executor, db::Database& database, Bus& bus,
                 Clock& clock, log::Log& log, metrics::Registry& metrics)
    : database_{database},
      clock_{clock},
      log_{log},
      news_{executor},
      on_events_{
          bus.subscribe(std::string{topic::events}, [this](std::string_view) { news_.ring(); })},
      indexed_{metrics.counter("vigie_search_segments_indexed_total",
                               "Segments whose words were put into the index.")} {}

Async<> Indexer::run() {
  for (;;) {
    co_await take_in_all();
    co_await news_.wait_for(clock_, sweep);
  }
}

Async<> Indexer::take_in_all() {
  for (;;) {
    const auto done = co_await index_waiting(database_, batch);
    if (!done) {
      log_.warn("the search index could not be kept up", {{"why", done.error().what}});
      co_return;
    }
    indexed_.add(static_cast<double>(*done));
    if (*done < batch) {
      co_return;
    }
  }
}

}  // namespace vigie::search
