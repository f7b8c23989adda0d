// SPDX-License-Identifier: Apache-2.0
#include "http/idle_links.hpp"

namespace vigie::http {
namespace {

constexpr std::size_t most_by_origin = 4;
constexpr Span longest_idle = std::chrono::seconds{30};

}  // namespace

std::optional<Link> IdleLinks::take(const std::string& origin, Span now) {
  forget_old(now);
  const auto place = by_origin_.find(origin);
  if (place == by_origin_.end()) {
    return std::nullopt;
  }
  auto& links = place->second;
  while (!links.empty()) {
    auto link = std::move(links.back().link);
    links.pop_back();
    if (link.is_quiet()) {
      return link;
    }
  }
  return std::nullopt;
}

void IdleLinks::give(const std::string& origin, Link link, Span now) {
  forget_old(now);
  auto& links = by_origin_[origin];
  if (links.size() >= most_by_origin) {
    links.pop_front();
  }
  link.rest();
  links.push_back(Idle{std::move(link), now});
}

void IdleLinks::forget_old(Span now) {
  for (auto place = by_origin_.begin(); place != by_origin_.end();) {
    auto& links = place->second;
    while (!links.empty() && now - links.front().since > longest_idle) {
      links.pop_front();
    }
    place = links.empty() ? by_origin_.erase(place) : std::next(place);
  }
}

}  // namespace vigie::http
