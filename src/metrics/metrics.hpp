// SPDX-License-Identifier: Apache-2.0
// Counters, gauges and histograms, and their Prometheus text. Labels come from small fixed sets:
// never an account, a live or a person.
#pragma once
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vigie::metrics {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// All are updated from any thread without a lock and live as long as their Registry.
class Counter {
 public:
  void add(double by = 1);
  double value() const { return value_; }

 private:
  std::atomic<double> value_{0};
};

class Gauge {
 public:
  void set(double value) { value_ = value; }
  void add(double by);
  double value() const { return value_; }

 private:
  std::atomic<double> value_{0};
};

class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);
  double sum() const { return sum_; }
  std::uint64_t count() const;
  // The value below which a share q of the observations lies, by linear interpolation in its
  // bucket.
  double quantile(double q) const;
  const std::vector<double>& bounds() const { return bounds_; }
  std::uint64_t bucket(std::size_t index) const { return buckets_[index]; }

 private:
  std::vector<double> bounds_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> buckets_;  // NOLINT(modernize-avoid-c-arrays)
  std::atomic<double> sum_{0};
};

class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // The same name and labels give the same object. Names: vigie_<room>_<what>_<unit>; help is a
  // sentence.
  Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
  // Bounds in ascending order, in the unit of the name; the default suits seconds from 1 ms to 5
  // min.
  Histogram& histogram(std::string_view name, std::string_view help, Labels labels = {},
                       std::vector<double> bounds = {});

  // Prometheus text format 0.0.4.
  std::string render() const;

 private:
  struct Family;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Family>, std::less<>> families_;
};

}  // namespace vigie::metrics
