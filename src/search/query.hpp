// SPDX-License-Identifier: Apache-2.0
// A question as people type it: words (all of them), "phrases", -exclusions, prefixes*; and the two
// spellings in which the engines are asked.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "search/words.hpp"

namespace vigie::search {

struct Term {
  std::vector<std::string> stems;  // more than one: a phrase
  std::string prefix;              // folded; when not empty there are no stems
};

struct Query {
  std::vector<Term> wanted;  // at least one
  std::vector<Term> unwanted;
};

// Errc::invalid, "q: …", for a question without a word to look for or with more than 500 characters
// or 32 terms.
Result<Query> parse_query(std::string_view text);

// Whose words alone are looked through, in which language; empty: any.
struct Within {
  std::vector<std::string> accounts;
  std::string language;
};

// FTS5's MATCH.
std::string to_fts5(const Query& query, const Within& within);

// PostgreSQL's tsquery.
std::string to_tsquery(const Query& query, const Within& within);

// One segment as the index keeps it; FTS5 in three columns, PostgreSQL in one tsvector.
struct Entry {
  std::string words;  // "chat noir"
  std::string forms;  // what prefixes look through besides: "chats noirs"
  std::string marks;  // the account and the language
};
Entry entry_of(std::string_view text, std::string_view account_id, std::string_view language);
std::string to_tsvector(const Entry& entry);

struct Part {
  std::string text;
  bool hit = false;
};

// The whole text in parts, those that answer the question marked.
std::vector<Part> mark_hits(std::string_view text, const Query& query);

}  // namespace vigie::search
