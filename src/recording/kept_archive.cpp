// SPDX-License-Identifier: Apache-2.0
#include "recording/kept_archive.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "media/pcm.hpp"
#include "media/sound_reader.hpp"
#include "recording/kept_rows.hpp"

namespace vigie::recording {
namespace {

// A decoder that begins in the middle of a stream needs a packet or two before it is right.
constexpr Span warm_up{100'000};
// Pieces this close follow one another, and one decoder goes through them.
constexpr Span seam{2'000};

media::Container container_of(std::string_view codec) {
  constexpr std::array<std::pair<std::string_view, media::Container>, 4> containers{
      {{"aac-adts", media::Container::adts},
       {"mp3", media::Container::mp3},
       {"ogg", media::Container::ogg},
       {"wav", media::Container::wav}}};
  const auto* const found =
      std::ranges::find(containers, codec, &std::pair<std::string_view, media::Container>::first);
  return found == containers.end() ? media::Container::unknown : found->second;
}

// One decoder through the pieces of a live that follow one another.
class Playback {
 public:
  media::KeptStretch play(const KeptRow& piece, const std::string& bytes) {
    // Pieces of bare frames have no head: the next one goes on where this one ended.
    const bool is_bare = piece.codec == "aac-adts" || piece.codec == "mp3";
    const bool follows =
        reader_ && is_bare && piece.codec == codec_ && std::chrono::abs(piece.start - end_) <= seam;
    if (!follows) {
      reader_ = media::create_sound_reader(container_of(piece.codec));
    }
    codec_ = piece.codec;
    end_ = piece.end;
    media::KeptStretch stretch;
    if (reader_) {
      auto sounds = reader_->feed(bytes);
      auto last = reader_->flush();
      std::ranges::move(last, std::back_inserter(sounds));
      for (const auto& sound : sounds) {
        stretch.samples.insert(stretch.samples.end(), sound.samples.begin(), sound.samples.end());
      }
    }
    // A decoder lags: one that begins here gives less than was heard. After the same bytes it is
    // where the capture's was.
    stretch.at = piece.end - media::duration_of(stretch.samples.size());
    return stretch;
  }

  void stop() { reader_ = nullptr; }

 private:
  std::unique_ptr<media::SoundReader> reader_;
  std::string codec_;
  Span end_{0};  // of the last piece
};

class KeptReader final : public media::ArchiveReader {
 public:
  KeptReader(db::Database& database, BlobStore& blobs, WorkerPool& pool, std::string live_id,
             Span from)
      : database_{database},
        blobs_{blobs},
        pool_{pool},
        live_id_{std::move(live_id)},
        from_{from} {}

  Async<Result<std::optional<media::KeptStretch>>> next() override {
    for (;;) {
      if (rows_.empty()) {
        auto found = co_await look();
        if (!found) {
          co_return found.error();
        }
        rows_.assign(std::make_move_iterator(found->begin()),
                     std::make_move_iterator(found->end()));
      }
      if (rows_.empty()) {
        co_return std::optional<media::KeptStretch>{};
      }
      auto stretch = co_await play_next();
      if (!stretch) {
        co_return stretch.error();
      }
      cut_before_from(*stretch);
      if (!stretch->samples.empty() || stretch->lost > Span{0}) {
        co_return std::optional{std::move(*stretch)};
      }
    }
  }

 private:
  using Rows = std::vector<KeptRow>;

  Async<Result<Rows>> look() {
    std::function<Result<Rows>(db::Transaction&)> work = [this](db::Transaction& transaction) {
      return kept_rows_after(transaction, live_id_, last_, from_ - warm_up);
    };
    co_return co_await db::read<Rows>(database_, std::move(work));
  }

  // A row leaves once it was played: what cannot be read now is read again.
  Async<Result<media::KeptStretch>> play_next() {
    if (rows_.front().is_purged) {
      co_return purged();
    }
    std::function<Result<media::KeptStretch>(std::stop_token)> job =
        [this](const std::stop_token&) -> Result<media::KeptStretch> {
      const auto& row = rows_.front();
      const auto bytes = blobs_.get(row.blob_key);
      if (!bytes && bytes.error().code != Errc::not_found) {
        return bytes.error().during("reading kept sound");
      }
      if (!bytes) {
        return lost(row, "purged");
      }
      auto stretch = playback_.play(row, *bytes);
      return stretch.samples.empty() ? lost(row, "corrupt") : std::move(stretch);
    };
    auto stretch = co_await pool_.run(std::move(job));
    if (stretch) {
      last_ = rows_.front().sequence;
      rows_.pop_front();
    }
    co_return stretch;
  }

  media::KeptStretch lost(const KeptRow& row, std::string why) {
    playback_.stop();
    return {.at = row.start, .samples = {}, .lost = row.end - row.start, .why = std::move(why)};
  }

  // All that lies together, as one.
  media::KeptStretch purged() {
    auto stretch = lost(rows_.front(), "purged");
    while (!rows_.empty() && rows_.front().is_purged &&
           rows_.front().start <= stretch.at + stretch.lost + seam) {
      stretch.lost = rows_.front().end - stretch.at;
      last_ = rows_.front().sequence;
      rows_.pop_front();
    }
    return stretch;
  }

  void cut_before_from(media::KeptStretch& stretch) const {
    if (stretch.at >= from_) {
      return;
    }
    const Span early = from_ - stretch.at;
    if (stretch.lost > Span{0}) {
      stretch.lost = std::max(Span{0}, stretch.lost - early);
    } else {
      const auto count = std::min(media::samples_in(early), stretch.samples.size());
      stretch.samples.erase(stretch.samples.begin(),
                            stretch.samples.begin() + static_cast<std::ptrdiff_t>(count));
    }
    stretch.at = from_;
  }

  db::Database& database_;
  BlobStore& blobs_;
  WorkerPool& pool_;
  std::string live_id_;
  Span from_;
  std::int64_t last_ = -1;  // sequence of the last piece played
  std::deque<KeptRow> rows_;
  Playback playback_;
};

}  // namespace

std::unique_ptr<media::ArchiveReader> KeptArchive::open(std::string live_id, Span from) {
  return std::make_unique<KeptReader>(database_, blobs_, pool_, std::move(live_id), from);
}

}  // namespace vigie::recording
