// SPDX-License-Identifier: Apache-2.0
// JSON lines: a sentence, then facts. Secrets are redacted here, speech and names are not passed
// in.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::log {

enum class Level : std::uint8_t {
  debug,
  info,
  warn,
  error
};  // warn: we coped; error: someone must act
Result<Level> parse_level(std::string_view text);
std::string_view to_string(Level level);

using Fact = std::pair<std::string_view, std::variant<std::string, std::int64_t, double, bool>>;
using Facts = std::initializer_list<Fact>;

// Where finished lines go; called under a lock, one line at a time, without the newline, and a last
// time when the log goes if it held lines back.
using Sink = std::function<void(std::string_view line)>;
Sink to_stream(int file_descriptor);

// From any thread. A line: {"ts":"…","level":"warn","event":"probe failed","who":"…"}. Text facts
// whose name says they are secret (password, token, secret, key, cookie, authorization) are
// replaced by "[…]"; in every text the query of a URL and the password of a DSN are replaced too
// (B8). A line equal to the one before but for its time is held back; how many were is said
// ("repeated") by the next line that differs, by the same line once a minute, and at the end.
class Log {
 public:
  Log(Sink sink, std::function<Time()> now, Level level = Level::info);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();

  void debug(std::string_view event, Facts facts = {}) { write(Level::debug, event, facts); }
  void info(std::string_view event, Facts facts = {}) { write(Level::info, event, facts); }
  void warn(std::string_view event, Facts facts = {}) { write(Level::warn, event, facts); }
  void error(std::string_view event, Facts facts = {}) { write(Level::error, event, facts); }
  void set_level(Level level) { level_ = level; }

 private:
  void write(Level level, std::string_view event, Facts facts);
  void emit(Time now, std::string_view body);

  Sink sink_;
  std::function<Time()> now_;
  std::atomic<Level> level_;
  std::mutex mutex_;
  std::string last_;
  Time last_written_{};
  std::int64_t repeats_ = 0;
};

// "https://host/path?sign=…" → "https://host/path?[…]", "postgresql://u:p@h/d" →
// "postgresql://u:[…]@h/d"; libpq's "password=…" and "Bearer …" likewise.
std::string redact(std::string_view text);

}  // namespace vigie::log
