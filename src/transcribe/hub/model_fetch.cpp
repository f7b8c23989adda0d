// SPDX-License-Identifier: Apache-2.0
#include "transcribe/hub/model_fetch.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "base/text.hpp"
#include "transcribe/hub/checksum.hpp"

namespace vigie::transcribe {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_small_file = 16UL << 20U;
constexpr std::uint64_t spare_room = 64ULL << 20U;
constexpr std::chrono::milliseconds silence{30'000};
constexpr std::string_view weights = "model.bin";

// One file as the hub describes it.
struct Description {
  std::uint64_t bytes = 0;  // 0: not said
  std::string sha256;       // empty: not said
};

class Descriptor {
 public:
  explicit Descriptor(int number) : number_{number} {}
  Descriptor(Descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  int number() const { return number_; }

 private:
  int number_;
};

Error cannot_write(const fs::path& path, int why) {
  return make_error(Errc::unavailable, "{} cannot be written: {}{}", path.string(),
                    std::generic_category().message(why),
                    why == ENOSPC ? "; cure: make room, then run it again: it goes on there" : "");
}

Result<> append(const Descriptor& file, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const auto written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return cannot_write(path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return {};
}

std::uint64_t size_of(const fs::path& path) {
  std::error_code failure;
  const auto size = fs::file_size(path, failure);
  return failure ? 0 : size;
}

class Fetch {
 public:
  Fetch(http::Client& client, PublishedModel model, FetchOptions options)
      : client_{client},
        model_{model},
        options_{std::move(options)},
        home_{fs::path{options_.models_folder} / "whisper" / model.name},
        staging_{fs::path{options_.models_folder} / "whisper" /
                 (".fetching-" + std::string{model.name})} {
    while (options_.hub.ends_with('/')) {
      options_.hub.pop_back();
    }
  }

  Async<Result<Fetched>> run() {
    Fetched fetched{.folder = home_.string(), .was_there = is_complete_model(home_.string())};
    if (fetched.was_there) {
      co_return fetched;
    }
    auto lock = take_place();
    if (!lock) {
      co_return lock.error();
    }
    for (const std::string_view name : {"config.json", "tokenizer.json"}) {
      const auto got = co_await fetch_small(name);
      if (!got) {
        co_return got.error();
      }
    }
    const auto vocabulary = co_await fetch_vocabulary();
    if (!vocabulary) {
      co_return vocabulary.error();
    }
    const auto description = co_await describe();
    if (!description) {
      co_return description.error();
    }
    fetched.is_trusted_on_first_use = model_.sha256.empty();
    const auto got = co_await fetch_weights(*description);
    if (!got) {
      co_return got.error();
    }
    const auto checked = check(*description);
    if (!checked) {
      co_return checked.error();
    }
    co_return publish(std::move(fetched));
  }

 private:
  std::string url_of(std::string_view file) const {
    return fmt::format("{}/{}/resolve/main/{}", options_.hub, model_.repository, file);
  }

  http::ClientRequest request_for(std::string_view file) const {
    http::ClientRequest request;
    request.url = url_of(file);
    request.timeout = silence;
    request.max_redirects = 5;  // to where the hub keeps its large files
    request.headers.add("Accept-Encoding", "identity");
    return request;
  }

  Error away(const Error& error) const {
    return make_error(Errc::unavailable,
                      "{} cannot be reached ({}); cure: a network that reaches it, MODELS_URL for "
                      "another one, or the files of {} put in {} by hand",
                      options_.hub, error.what, model_.repository, home_.string());
  }

  Error refused(std::string_view file, int status) const {
    return make_error(status == 404 ? Errc::not_found : Errc::unavailable,
                      "{} answered {} for {} of {}; cure: {}", options_.hub, status, file,
                      model_.repository,
                      status == 404 ? "check MODELS_URL" : "try again later, it goes on there");
  }

  Result<Descriptor> take_place() const {
    std::error_code failure;
    fs::create_directories(staging_, failure);
    if (failure) {
      return cannot_write(staging_, failure.value());
    }
    const auto path = staging_ / ".lock";
    Descriptor lock{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    if (lock.number() < 0) {
      return cannot_write(path, errno);
    }
    if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
      return make_error(Errc::conflict, "another vigie model fetch {} is at work", model_.name);
    }
    return lock;
  }

  Async<Result<>> fetch_small(std::string_view name) {
    auto request = request_for(name);
    request.max_body = largest_small_file;
    const auto answer = co_await client_.send(std::move(request));
    if (!answer) {
      co_return away(answer.error());
    }
    if (answer->status != 200) {
      co_return refused(name, answer->status);
    }
    const auto path = staging_ / name;
    std::ofstream file{path, std::ios::binary};
    file << answer->body;
    file.close();
    if (!file) {
      co_return cannot_write(path, errno);
    }
    co_return Result<>{};
  }

  // The older models have a list of lines, the newer an array.
  Async<Result<>> fetch_vocabulary() {
    auto got = co_await fetch_small("vocabulary.txt");
    if (!got && got.error().code == Errc::not_found) {
      got = co_await fetch_small("vocabulary.json");
    }
    co_return got;
  }

  // Where a file of the hub is kept apart, the answer that leads there tells its size and sum.
  Async<Result<Description>> describe() {
    auto request = request_for(weights);
    request.method = "HEAD";
    request.max_redirects = 0;
    const auto answer = co_await client_.send(std::move(request));
    if (!answer) {
      co_return away(answer.error());
    }
    if (answer->status >= 400) {
      co_return refused(weights, answer->status);
    }
    Description description;
    const auto& headers = answer->headers;
    const bool is_apart = headers.has("X-Linked-Size");
    const auto size = to_integer(
        trim(headers.get(is_apart || answer->status != 200 ? "X-Linked-Size" : "Content-Length")));
    description.bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(size.value_or(0), 0));
    auto sum = trim(headers.get(headers.has("X-Linked-ETag") ? "X-Linked-ETag" : "ETag"));
    while (sum.starts_with('"')) {
      sum = sum.substr(1);
    }
    sum = sum.substr(0, sum.find('"'));
    if (sum.size() == 64 && from_hex(sum)) {
      description.sha256 = to_lower_ascii(sum);
    }
    co_return settle(std::move(description));
  }

  // What we know ourselves comes before what the hub says.
  Result<Description> settle(Description said) const {
    if (model_.sha256.empty() && said.sha256.empty()) {
      return make_error(Errc::corrupt,
                        "{} names no checksum of {}, and none is known here; cure: another "
                        "MODELS_URL, or put the files there by hand",
                        options_.hub, model_.repository);
    }
    if (model_.sha256.empty()) {
      said.bytes = said.bytes == 0 ? model_.bytes : said.bytes;
      return said;
    }
    if (said.bytes != 0 && said.bytes != model_.bytes) {
      return make_error(Errc::corrupt, "{} has another {} than the one known: {} bytes, not {}",
                        options_.hub, model_.repository, said.bytes, model_.bytes);
    }
    return Description{.bytes = model_.bytes, .sha256 = std::string{model_.sha256}};
  }

  fs::path part() const { return staging_ / (std::string{weights} + ".part"); }

  Async<Result<>> fetch_weights(Description description) {
    int in_vain = 0;
    Result<> last;
    while (size_of(part()) < description.bytes) {
      const auto before = size_of(part());
      const auto needed = description.bytes - before + spare_room;
      if (const auto room = options_.room(staging_.string()); room < needed) {
        co_return make_error(Errc::unavailable,
                             "{} MB are needed in {} and {} MB are free; cure: make room, or "
                             "another MODELS_DIR",
                             needed >> 20U, options_.models_folder, room >> 20U);
      }
      last = co_await fetch_part(before, description.bytes);
      in_vain = size_of(part()) > before ? 0 : in_vain + 1;
      if (!last && (last.error().code != Errc::unavailable || in_vain >= options_.attempts)) {
        co_return last;
      }
      if (last && size_of(part()) < description.bytes && in_vain >= options_.attempts) {
        co_return make_error(Errc::corrupt, "{} ends too early at {}; cure: try again later",
                             weights, options_.hub);
      }
    }
    co_return Result<>{};
  }

  // From `from` on, as far as the connection lasts.
  Async<Result<>> fetch_part(std::uint64_t from, std::uint64_t all) {
    auto request = request_for(weights);
    if (from > 0) {
      request.headers.add("Range", fmt::format("bytes={}-", from));
    }
    const auto stream = co_await client_.open(std::move(request));
    if (!stream) {
      co_return away(stream.error());
    }
    const auto& head = (*stream)->head();
    const bool goes_on =
        head.status == 206 &&
        trim(head.headers.get("Content-Range")).starts_with(fmt::format("bytes {}-", from));
    if (head.status != 200 && !goes_on) {
      co_return refused(weights, head.status);
    }
    const auto path = part();
    const Descriptor file{::open(
        path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (goes_on ? O_APPEND : O_TRUNC), 0644)};
    if (file.number() < 0) {
      co_return cannot_write(path, errno);
    }
    std::uint64_t got = goes_on ? from : 0;
    for (;;) {
      const auto bytes = co_await (*stream)->read();
      if (!bytes) {
        co_return away(bytes.error());
      }
      if (bytes->empty()) {
        co_return Result<>{};
      }
      got += bytes->size();
      if (got > all) {
        co_return make_error(Errc::corrupt, "{} is longer at {} than it was said to be", weights,
                             options_.hub);
      }
      const auto kept = append(file, *bytes, path);
      if (!kept) {
        co_return kept;
      }
      if (options_.progress) {
        options_.progress(got, all);
      }
    }
  }

  Result<> check(const Description& description) const {
    const auto found = sha256_of_file(part());
    if (found == description.sha256) {
      return {};
    }
    std::error_code ignored;
    fs::remove(part(), ignored);
    return make_error(Errc::corrupt,
                      "what came is not {}: its sha256 is {}, not {}; it was removed; cure: fetch "
                      "it again, elsewhere if that does not help",
                      model_.repository, found, description.sha256);
  }

  Result<Fetched> publish(Fetched fetched) const {
    std::error_code failure;
    fs::rename(part(), staging_ / weights, failure);
    fs::remove(staging_ / ".lock", failure);
    fs::remove_all(home_, failure);  // an incomplete one
    fs::rename(staging_, home_, failure);
    if (failure) {
      return cannot_write(home_, failure.value());
    }
    return fetched;
  }

  http::Client& client_;
  PublishedModel model_;
  FetchOptions options_;
  fs::path home_;
  fs::path staging_;
};

}  // namespace

std::uint64_t FetchOptions::room_on_disk(const std::string& folder) {
  std::error_code failure;
  const auto space = fs::space(folder, failure);
  return failure ? 0 : space.available;
}

Async<Result<Fetched>> fetch_model(http::Client& client, PublishedModel model,
                                   FetchOptions options) {
  Fetch fetch{client, model, std::move(options)};
  co_return co_await fetch.run();
}

}  // namespace vigie::transcribe
