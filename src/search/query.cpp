// SPDX-License-Identifier: Apache-2.0
#include "search/query.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace vigie::search {
namespace {

constexpr std::size_t longest_question = 500;  // characters
constexpr std::size_t most_terms = 32;

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// Quotation marks of every kind become the straight one.
std::string with_straight_quotes(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto next = decode_utf8(text).value_or(CodePoint{0xFFFD, 1});
    const bool is_quote =
        next.value == 0x201C || next.value == 0x201D || next.value == 0xAB || next.value == 0xBB;
    out += is_quote ? std::string_view{"\""} : text.substr(0, next.length);
    text.remove_prefix(next.length);
  }
  return out;
}

std::string_view take_raw_term(std::string_view& rest, bool quoted) {
  const auto end = quoted ? rest.find('"') : rest.find_first_of(" \t\n\r\"");
  const auto term = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + (quoted ? 1 : 0));
  return term;
}

Term term_of(std::string_view raw, bool quoted) {
  Term term;
  auto words = words_of(raw);
  if (!quoted && raw.ends_with('*') && words.size() == 1 && words[0].form.size() >= 2) {
    term.prefix = words[0].form;
    return term;
  }
  for (auto& word : words) {
    term.stems.push_back(std::move(word.stem));
  }
  return term;
}

bool is_empty(const Term& term) {
  return term.stems.empty() && term.prefix.empty();
}

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

std::string fts5_of(const Term& term) {
  if (!term.prefix.empty()) {
    return fmt::format(R"((words : "{0}" * OR forms : "{0}" *))", term.prefix);
  }
  return fmt::format(R"(words : "{}")", join(term.stems, " "));
}

std::string tsquery_of(const Term& term) {
  if (!term.prefix.empty()) {
    return fmt::format("('{0}':* | '={0}':*)", term.prefix);
  }
  return fmt::format("('{}')", join(term.stems, "' <-> '"));
}

std::string all_of(const std::vector<Term>& terms, std::string_view between,
                   std::string (*spell)(const Term&)) {
  std::vector<std::string> spelt;
  std::ranges::transform(terms, std::back_inserter(spelt), spell);
  return join(spelt, between);
}

std::vector<std::string> in_small_letters(std::vector<std::string> texts) {
  for (auto& text : texts) {
    text = to_lower_ascii(text);
  }
  return texts;
}

// One word for both engines, that no account has.
std::string mark_of_language(std::string_view language) {
  std::string mark{"language"};
  std::ranges::copy_if(to_lower_ascii(language), std::back_inserter(mark),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
  return mark;
}

// How many words from `at` on answer the term; 0: none.
std::size_t matches_at(const std::vector<Word>& words, std::size_t at, const Term& term) {
  if (!term.prefix.empty()) {
    const auto& word = words[at];
    return word.form.starts_with(term.prefix) || word.stem.starts_with(term.prefix) ? 1 : 0;
  }
  if (at + term.stems.size() > words.size()) {
    return 0;
  }
  for (std::size_t i = 0; i < term.stems.size(); ++i) {
    if (words[at + i].stem != term.stems[i]) {
      return 0;
    }
  }
  return term.stems.size();
}

}  // namespace

Result<Query> parse_query(std::string_view text) {
  if (count_characters(text) > longest_question) {
    return make_error(Errc::invalid, "q: at most {} characters", longest_question);
  }
  const auto straight = with_straight_quotes(text);
  Query query;
  for (std::string_view rest = trim(straight); !rest.empty(); rest = trim(rest)) {
    const bool unwanted = rest.size() > 1 && rest[0] == '-';
    rest.remove_prefix(unwanted ? 1 : 0);
    const bool quoted = rest.front() == '"';
    rest.remove_prefix(quoted ? 1 : 0);
    auto term = term_of(take_raw_term(rest, quoted), quoted);
    if (!is_empty(term)) {
      (unwanted ? query.unwanted : query.wanted).push_back(std::move(term));
    }
  }
  if (query.wanted.empty()) {
    return make_error(Errc::invalid, "q: at least one word to look for is needed");
  }
  if (query.wanted.size() + query.unwanted.size() > most_terms) {
    return make_error(Errc::invalid, "q: at most {} words", most_terms);
  }
  return query;
}

std::string to_fts5(const Query& query, const Within& within) {
  auto text = "(" + all_of(query.wanted, " AND ", fts5_of);
  if (!within.accounts.empty()) {
    text +=
        fmt::format(R"( AND marks : ("{}"))", join(in_small_letters(within.accounts), R"(" OR ")"));
  }
  if (!within.language.empty()) {
    text += fmt::format(R"( AND marks : "{}")", mark_of_language(within.language));
  }
  text += ")";
  if (!query.unwanted.empty()) {
    text += " NOT (" + all_of(query.unwanted, " OR ", fts5_of) + ")";
  }
  return text;
}

std::string to_tsquery(const Query& query, const Within& within) {
  auto text = all_of(query.wanted, " & ", tsquery_of);
  if (!within.accounts.empty()) {
    text += fmt::format(" & ('@{}')", join(in_small_letters(within.accounts), "' | '@"));
  }
  if (!within.language.empty()) {
    text += fmt::format(" & '@{}'", mark_of_language(within.language));
  }
  if (!query.unwanted.empty()) {
    text += " & !(" + all_of(query.unwanted, " | ", tsquery_of) + ")";
  }
  return text;
}

Entry entry_of(std::string_view text, std::string_view account_id, std::string_view language) {
  Entry entry;
  std::set<std::string> forms;
  for (auto& word : words_of(text)) {
    entry.words += entry.words.empty() ? "" : " ";
    entry.words += word.stem;
    if (!word.stem.starts_with(word.form)) {
      forms.insert(std::move(word.form));
    }
  }
  entry.forms = fmt::format("{}", fmt::join(forms, " "));
  entry.marks = fmt::format("{} {}", to_lower_ascii(account_id), mark_of_language(language));
  return entry;
}

std::string to_tsvector(const Entry& entry) {
  std::string text = fmt::format("'@{}'", fmt::join(split(entry.marks, ' '), "' '@"));
  std::size_t position = 0;
  for (const auto word : split(entry.words, ' ')) {
    if (!word.empty()) {
      text += fmt::format(" '{}':{}", word, ++position);
    }
  }
  for (const auto form : split(entry.forms, ' ')) {
    if (!form.empty()) {
      text += fmt::format(" '={}'", form);
    }
  }
  return text;
}

std::vector<Part> mark_hits(std::string_view text, const Query& query) {
  const auto words = words_of(text);
  std::vector<Part> parts;
  std::size_t done = 0;
  const auto add = [&](std::size_t end, bool hit) {
    if (end > done) {
      parts.push_back({std::string{text.substr(done, end - done)}, hit});
      done = end;
    }
  };
  for (std::size_t at = 0; at < words.size();) {
    std::size_t length = 0;
    for (const auto& term : query.wanted) {
      length = std::max(length, matches_at(words, at, term));
    }
    if (length > 0) {
      add(words[at].begin, false);
      add(words[at + length - 1].end, true);
    }
    at += std::max<std::size_t>(length, 1);
  }
  add(text.size(), false);
  return parts;
}

}  // namespace vigie::search
