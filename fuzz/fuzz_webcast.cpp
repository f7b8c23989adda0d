// SPDX-License-Identifier: Apache-2.0
// Whatever comes on the Webcast socket, or from a signer: no crash, bounds are kept, and no event
// has a number that makes no sense.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "platform/tiktok/webcast_frames.hpp"
#include "platform/tiktok/webcast_signing.hpp"

namespace {

using namespace vigie::platform;

constexpr std::size_t most_bytes = 64U << 10U;
const std::string room = "7300000000000000001";

void require(bool is_true) {
  if (!is_true) {
    std::abort();
  }
}

void check(const tiktok::Batch& batch) {
  require(batch.events.size() <= batch.messages);
  require(batch.unknown <= batch.messages);
  for (const auto& event : batch.events) {
    require(event.number >= (event.kind == LiveEventKind::viewers ? 0 : 1));
  }
}

void check_frame(std::string_view bytes) {
  const auto frame = tiktok::decode_frame(bytes, most_bytes);
  if (frame) {
    require(frame->payload.size() <= most_bytes);
    check(tiktok::decode_batch(frame->payload, room));
  }
}

// One message of each kind in turn, as the bytes have it.
void check_message(std::string_view bytes) {
  for (const std::string_view method :
       {"WebcastRoomUserSeqMessage", "WebcastControlMessage", "WebcastChatMessage",
        "WebcastLikeMessage", "WebcastMemberMessage", "WebcastSocialMessage",
        "WebcastGiftMessage"}) {
    if (bytes.size() > 100) {
      return;
    }
    std::string message = "\x0A";
    message += static_cast<char>(method.size());
    message += method;
    message += "\x12";
    message += static_cast<char>(bytes.size());
    message += bytes;
    std::string result = "\x0A";
    if (message.size() >= 128) {
      result += static_cast<char>(0x80U | (message.size() & 0x7FU));
      result += static_cast<char>(message.size() >> 7U);
    } else {
      result += static_cast<char>(message.size());
    }
    const auto batch = tiktok::decode_batch(result + message, room);
    require(batch.messages == 1);
    check(batch);
  }
}

void check_signature(std::string_view bytes) {
  vigie::http::Response response;
  response.headers.add("Content-Type", "application/protubuf");
  response.headers.add("X-Set-TT-Cookie", std::string{bytes.substr(0, bytes.size() / 2)});
  response.headers.add("Retry-After", std::string{bytes.substr(bytes.size() / 2)});
  response.body = bytes;
  const auto now = vigie::from_micros(1'795'000'000'000'000);
  const auto wait = tiktok::wait_in(response.headers, now);
  require(wait.count() >= 1 && wait.count() <= 86'400);
  const auto signature = tiktok::read_signature(response, room, now);
  if (signature) {
    require(signature->cookies.find_first_of("\r\n") == std::string::npos);
    const auto url = tiktok::socket_url(signature->first, room);
    const vigie::http::AddressGuard guard{{}, {}};
    (void)tiktok::check_push_server(url, guard);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as text
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  check_frame(bytes);
  check(tiktok::decode_batch(bytes, room));
  check_message(bytes);
  check_signature(bytes);
  (void)tiktok::heartbeat_interval(bytes);
  return 0;
}
