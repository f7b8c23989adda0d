// SPDX-License-Identifier: Apache-2.0
#include "analyse/command.hpp"

#include <boost/json/serialize.hpp>
#include <istream>
#include <ostream>
#include <utility>

#include "base/text.hpp"
#include "domain/json.hpp"

namespace vigie::analyse {
namespace {

// 100 000 words are half a megabyte; what is longer is cut rather than kept whole in memory twice.
constexpr std::size_t longest_line = 8UL * 1024 * 1024;

// Like getline, without its appetite: a line without end takes longest_line bytes, not all memory.
bool read_line(std::istream& in, std::string& line) {
  line.clear();
  auto* bytes = in.rdbuf();
  for (bool any = false;; any = true) {
    const auto next = bytes->sbumpc();
    if (next == std::char_traits<char>::eof()) {
      return any;
    }
    if (next == '\n') {
      return true;
    }
    if (line.size() < longest_line) {
      line += static_cast<char>(next);
    }
  }
}

}  // namespace

Async<Result<CommandResult>> analyse_lines(std::istream& in, std::ostream& out, Judge& judge) {
  CommandResult result;
  std::string line;
  while (read_line(in, line)) {
    Window window;
    window.text = clean_utf8(line, longest_line);
    auto judgement = co_await judge.judge(std::move(window), Judge::Haste::none);
    if (!judgement) {
      co_return judgement.error();
    }
    ++result.lines;
    result.fallbacks += judgement->fallback ? 1 : 0;
    const auto risk = risk_score(judgement->virality, judgement->hateful);
    out << boost::json::serialize(to_json(*judgement, risk)) << '\n';
    out.flush();
    if (!out) {
      co_return make_error(Errc::unavailable, "standard output cannot be written");
    }
  }
  co_return result;
}

}  // namespace vigie::analyse
