// SPDX-License-Identifier: Apache-2.0
#include "capture/archive.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <utility>

#include "base/text.hpp"
#include "capture/stream_fetch.hpp"

namespace vigie::capture {
namespace {

// An hour of pieces: beyond it the database has been away so long that the rows are given up.
constexpr std::size_t max_unrecorded = 900;

}  // namespace

std::string chained_sha256(std::string_view previous, std::string_view bytes) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (context == nullptr || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), previous.data(), previous.size()) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1) {
    throw std::runtime_error{"SHA-256 does not work"};
  }
  std::string raw(digest.begin(), digest.begin() + size);
  return to_hex(raw);
}

void Archive::add(const media::Sound& sound, Span from, Span to) {
  if (!sound.format) {
    count_unarchived("codec", to - from);
    end_ = to;
    return;
  }
  if (bytes_.empty()) {
    start_ = from;
    format_ = sound.format;
    bytes_ = format_->head;
  }
  bytes_ += sound.bytes;
  end_ = to;
}

bool Archive::is_due(Span awaited) const {
  const Span length = bytes_.empty() ? Span{0} : end_ - start_;
  // While the database is away, smaller pieces make nothing sooner.
  const bool is_awaited = unrecorded_.empty() && awaited > start_ && length >= least_piece;
  return length >= piece_length || is_awaited;
}

Span Archive::kept_until() const {
  if (!unrecorded_.empty()) {
    return unrecorded_.front().start;
  }
  return bytes_.empty() ? end_ : start_;
}

Async<Result<>> Archive::flush() {
  if (!bytes_.empty()) {
    SoundPiece piece;
    piece.sequence = next_sequence_;
    piece.start = start_;
    piece.end = end_;
    piece.codec = format_->codec;
    piece.bytes = static_cast<std::int64_t>(bytes_.size());
    piece.blob_key = fmt::format("lives/{}/{:06}.{}", claim_.live_id, next_sequence_,
                                 piece.codec == "aac-adts" ? "aac" : piece.codec);
    std::string bytes = std::exchange(bytes_, {});
    piece.sha256 = chained_sha256(last_sha256_, bytes);
    std::function<Result<>(std::stop_token)> job = [this, &piece, &bytes](const std::stop_token&) {
      return blobs_.put(piece.blob_key, bytes);
    };
    const auto stored = co_await pool_.run(std::move(job));
    if (stored) {
      ++next_sequence_;
      last_sha256_ = piece.sha256;
    } else {
      log_.error("a piece of sound could not be kept", {{"why", stored.error().what}});
      count_unarchived("disk", piece.end - piece.start);
      piece.blob_key.clear();
    }
    unrecorded_.push_back(std::move(piece));
  }
  co_return co_await record();
}

Async<Result<>> Archive::write(SoundPiece piece) {
  if (piece.blob_key.empty()) {
    std::string reason{disk};
    co_return co_await journal_.add_gap(claim_, piece.start, piece.end, std::move(reason));
  }
  co_return co_await journal_.add_piece(claim_, std::move(piece));
}

Async<Result<>> Archive::record() {
  while (!unrecorded_.empty()) {
    auto piece = unrecorded_.front();
    const auto written = co_await write(std::move(piece));
    if (!written && written.error().code == Errc::conflict) {
      co_return written.error();
    }
    if (!written) {
      log_.warn("a piece of sound waits for the database", {{"why", written.error().what}});
      if (unrecorded_.size() <= max_unrecorded) {
        break;
      }
      count_unarchived("database", unrecorded_.front().end - unrecorded_.front().start);
    }
    unrecorded_.pop_front();
  }
  co_return Result<>{};
}

void Archive::count_unarchived(std::string_view reason, Span length) {
  metrics_
      .counter("vigie_capture_unarchived_seconds_total",
               "Sound that was heard but could not be kept.", {{"reason", reason}})
      .add(to_seconds(length));
}

}  // namespace vigie::capture
