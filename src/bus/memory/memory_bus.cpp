// SPDX-License-Identifier: Apache-2.0
#include "bus/memory/memory_bus.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <mutex>
#include <utility>
#include <vector>

namespace vigie {
namespace {

// Both sides hold it: hints under way keep a listener alive, and its end makes them do nothing.
struct Listener {
  std::string topic;
  std::function<void(std::string_view)> on_hint;  // empty once unsubscribed; I/O thread only
};

class MemorySubscription final : public Subscription {
 public:
  explicit MemorySubscription(std::shared_ptr<Listener> listener)
      : listener_{std::move(listener)} {}
  MemorySubscription(const MemorySubscription&) = delete;
  MemorySubscription& operator=(const MemorySubscription&) = delete;
  // Moved out first: what it captured may own this subscription's owner.
  ~MemorySubscription() override { const auto ended = std::exchange(listener_->on_hint, nullptr); }

 private:
  std::shared_ptr<Listener> listener_;
};

class MemoryBus final : public Bus {
 public:
  explicit MemoryBus(boost::asio::any_io_executor executor) : executor_{std::move(executor)} {}

  void publish(std::string_view topic, std::string text) override {
    auto listeners = listeners_of(topic);
    if (listeners.empty()) {
      return;
    }
    boost::asio::post(executor_, [listeners = std::move(listeners), text = std::move(text)] {
      for (const auto& listener : listeners) {
        if (listener->on_hint) {
          const auto on_hint = listener->on_hint;  // it may unsubscribe itself
          on_hint(text);
        }
      }
    });
  }

  std::unique_ptr<Subscription> subscribe(
      std::string topic, std::function<void(std::string_view text)> on_hint) override {
    auto listener = std::make_shared<Listener>(Listener{std::move(topic), std::move(on_hint)});
    {
      const std::scoped_lock lock{mutex_};
      listeners_.push_back(listener);
    }
    return std::make_unique<MemorySubscription>(std::move(listener));
  }

 private:
  std::vector<std::shared_ptr<Listener>> listeners_of(std::string_view topic) {
    std::vector<std::shared_ptr<Listener>> found;
    const std::scoped_lock lock{mutex_};
    std::erase_if(listeners_, [](const auto& weak) { return weak.expired(); });
    for (const auto& weak : listeners_) {
      if (auto listener = weak.lock(); listener && listener->topic == topic) {
        found.push_back(std::move(listener));
      }
    }
    return found;
  }

  boost::asio::any_io_executor executor_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Listener>> listeners_;
};

}  // namespace

std::unique_ptr<Bus> create_memory_bus(boost::asio::any_io_executor executor) {
  return std::make_unique<MemoryBus>(std::move(executor));
}

}  // namespace vigie
