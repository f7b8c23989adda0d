// SPDX-License-Identifier: Apache-2.0
#include "metrics/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <variant>

namespace vigie::metrics {
namespace {

// Seconds from 1 ms to 5 min, about 2.5 times apart.
const std::vector<double> default_bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                         1,     2.5,    5,     10,   30,    60,   120, 300};

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
         std::ranges::all_of(text, allowed);
}

std::string escaped(std::string_view text, bool in_quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && in_quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
  return out;
}

// `a="1",b="2"`, by name, so that the order in which a caller lists them does not matter.
std::string spelled(Labels labels) {
  std::vector<std::pair<std::string_view, std::string_view>> sorted{labels};
  std::ranges::sort(sorted);
  std::string out;
  for (const auto& [name, value] : sorted) {
    if (!is_name(name) || name == "le") {
      throw std::logic_error(fmt::format("'{}' cannot name a label", name));
    }
    fmt::format_to(std::back_inserter(out), "{}{}=\"{}\"", out.empty() ? "" : ",", name,
                   escaped(value, true));
  }
  return out;
}

std::string number(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  return fmt::format("{}", value);
}

void append_line(std::string& out, std::string_view name, std::string_view suffix,
                 std::string_view labels, std::string_view value) {
  out.append(name).append(suffix);
  if (!labels.empty()) {
    out.append("{").append(labels).append("}");
  }
  out.append(" ").append(value).append("\n");
}

void append_histogram(std::string& out, std::string_view name, std::string_view labels,
                      const Histogram& histogram) {
  const std::string_view comma = labels.empty() ? "" : ",";
  std::uint64_t below = 0;
  for (std::size_t i = 0; i <= histogram.bounds().size(); ++i) {
    below += histogram.bucket(i);
    const auto bound = i < histogram.bounds().size() ? number(histogram.bounds()[i]) : "+Inf";
    const auto with_bound = fmt::format("{}{}le=\"{}\"", labels, comma, bound);
    append_line(out, name, "_bucket", with_bound, fmt::format("{}", below));
  }
  append_line(out, name, "_sum", labels, number(histogram.sum()));
  append_line(out, name, "_count", labels, fmt::format("{}", below));
}

}  // namespace

void Counter::add(double by) {
  if (by > 0) {
    value_.fetch_add(by, std::memory_order_relaxed);
  }
}

void Gauge::add(double by) {
  value_.fetch_add(by, std::memory_order_relaxed);
}

Histogram::Histogram(std::vector<double> bounds)
    : bounds_{std::move(bounds)},
      // NOLINTNEXTLINE(modernize-avoid-c-arrays)
      buckets_{std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1)} {
  if (bounds_.empty() ||
      std::ranges::adjacent_find(bounds_, std::greater_equal<>{}) != bounds_.end()) {
    throw std::logic_error("a histogram's bounds go upwards");
  }
}

void Histogram::observe(double value) {
  if (std::isnan(value)) {
    return;
  }
  const auto index =
      static_cast<std::size_t>(std::ranges::lower_bound(bounds_, value) - bounds_.begin());
  buckets_[index].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t Histogram::count() const {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    total += buckets_[i];
  }
  return total;
}

double Histogram::quantile(double q) const {
  const auto total = count();
  if (total == 0) {
    return 0;
  }
  const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(total);
  double below = 0;
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    const auto here = static_cast<double>(buckets_[i].load());
    if (here > 0 && below + here >= rank) {
      const double from = i == 0 ? std::min(0.0, bounds_[0]) : bounds_[i - 1];
      return from + (bounds_[i] - from) * (rank - below) / here;
    }
    below += here;
  }
  return bounds_.back();  // beyond the last bound nothing more is known
}

struct Registry::Family {
  using Series =
      std::variant<std::unique_ptr<Counter>, std::unique_ptr<Gauge>, std::unique_ptr<Histogram>>;
  std::string help;
  std::string_view type;
  std::map<std::string, Series, std::less<>> series;  // by labels, spelled

  template <class Kind, class Make>
  static Kind& get(Registry& registry, std::string_view name, std::string_view help,
                   std::string_view type, Labels labels, const Make& make) {
    const auto key = spelled(labels);
    const std::scoped_lock lock{registry.mutex_};
    auto family = registry.families_.find(name);
    if (family == registry.families_.end()) {
      if (!is_name(name)) {
        throw std::logic_error(fmt::format("'{}' cannot name a metric", name));
      }
      auto fresh = std::make_unique<Family>(Family{std::string{help}, type, {}});
      family = registry.families_.emplace(std::string{name}, std::move(fresh)).first;
    }
    if (family->second->type != type) {
      throw std::logic_error(
          fmt::format("{} is a {} already, not a {}", name, family->second->type, type));
    }
    auto& series = family->second->series;
    auto found = series.find(key);
    if (found == series.end()) {
      found = series.emplace(key, make()).first;
    }
    return *std::get<std::unique_ptr<Kind>>(found->second);
  }
};

Registry::Registry() = default;
Registry::~Registry() = default;

Counter& Registry::counter(std::string_view name, std::string_view help, Labels labels) {
  const auto make = [] { return std::make_unique<Counter>(); };
  return Family::get<Counter>(*this, name, help, "counter", labels, make);
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, Labels labels) {
  const auto make = [] { return std::make_unique<Gauge>(); };
  return Family::get<Gauge>(*this, name, help, "gauge", labels, make);
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, Labels labels,
                               std::vector<double> bounds) {
  const auto make = [&] {
    return std::make_unique<Histogram>(bounds.empty() ? default_bounds : bounds);
  };
  auto& histogram = Family::get<Histogram>(*this, name, help, "histogram", labels, make);
  if (!bounds.empty() && bounds != histogram.bounds()) {
    throw std::logic_error(fmt::format("{} has other bounds already", name));
  }
  return histogram;
}

std::string Registry::render() const {
  const std::scoped_lock lock{mutex_};
  std::string out;
  for (const auto& [name, family] : families_) {
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name,
                   escaped(family->help, false), name, family->type);
    for (const auto& [labels, series] : family->series) {
      if (const auto* counter = std::get_if<std::unique_ptr<Counter>>(&series)) {
        append_line(out, name, "", labels, number((*counter)->value()));
      } else if (const auto* gauge = std::get_if<std::unique_ptr<Gauge>>(&series)) {
        append_line(out, name, "", labels, number((*gauge)->value()));
      } else {
        append_histogram(out, name, labels, *std::get<std::unique_ptr<Histogram>>(series));
      }
    }
  }
  return out;
}

}  // namespace vigie::metrics
