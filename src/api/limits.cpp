// SPDX-License-Identifier: Apache-2.0
#include "api/limits.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace vigie::api {
namespace {

constexpr Span interval = std::chrono::milliseconds{20};
constexpr Span burst = interval * 200;
constexpr std::size_t most_remembered = 20'000;
constexpr Span between_sweeps = std::chrono::seconds{1};
constexpr int sockets_an_address = 20;
constexpr int sockets_a_person = 10;

Error too_many(std::string_view what, std::chrono::seconds wait) {
  auto error = make_error(Errc::rate_limited, "too many {} from here; try again in {} s", what,
                          wait.count());
  error.retry_after = wait;
  return error;
}

// One more of a name, and one less when it goes.
struct Place {
  std::shared_ptr<std::map<std::string, int>> counts;
  std::string name;
  Place(std::shared_ptr<std::map<std::string, int>> all, std::string key)
      : counts{std::move(all)}, name{std::move(key)} {
    ++(*counts)[name];
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    if (--(*counts)[name] == 0) {
      counts->erase(name);
    }
  }
};

}  // namespace

std::string counted_address(std::string_view address) {
  boost::system::error_code failed;
  const auto parsed = boost::asio::ip::make_address(std::string{address}, failed);
  if (failed) {
    return std::string{address.substr(0, 64)};
  }
  if (parsed.is_loopback()) {
    return {};
  }
  if (parsed.is_v4()) {
    return parsed.to_string();
  }
  auto bytes = parsed.to_v6().to_bytes();
  if (parsed.to_v6().is_v4_mapped()) {
    return counted_address(
        boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, parsed.to_v6()).to_string());
  }
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return boost::asio::ip::address_v6{bytes}.to_string() + "/64";
}

Result<> Limits::take_request(std::string_view address, Span now) {
  const auto who = counted_address(address);
  if (who.empty()) {
    return {};
  }
  forget_old(now);
  auto& due = arrivals_[who];
  const auto next = std::max(due, now) + interval;
  if (next - now > burst) {
    return too_many("requests", std::chrono::ceil<std::chrono::seconds>(next - now - burst));
  }
  due = next;
  return {};
}

Result<Limits::Seat> Limits::take_seat(std::string_view address, const std::string& person_id) {
  const auto who = counted_address(address);
  const auto taken = [this](const std::string& name) {
    const auto found = seats_->find(name);
    return found == seats_->end() ? 0 : found->second;
  };
  const auto here = "address " + who;
  const auto person = "person " + person_id;
  if ((!who.empty() && taken(here) >= sockets_an_address) || taken(person) >= sockets_a_person) {
    return too_many("event sockets", std::chrono::seconds{30});
  }
  return Seat{std::make_shared<std::pair<Place, Place>>(std::piecewise_construct,
                                                        std::forward_as_tuple(seats_, here),
                                                        std::forward_as_tuple(seats_, person))};
}

// A sweep looks at everybody: under a flood from many addresses not at each request.
void Limits::forget_old(Span now) {
  const bool is_due = !forgot_at_ || now >= *forgot_at_ + between_sweeps;
  if (arrivals_.size() > most_remembered && is_due) {
    forgot_at_ = now;
    std::erase_if(arrivals_, [now](const auto& entry) { return entry.second <= now; });
  }
}

}  // namespace vigie::api
