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

// accounts: whose words alone are looked through; empty: everybody's. FTS5's MATCH.
std::string to_fts5(const Query& query, const std::vector<std::string>& accounts);

// PostgreSQL's tsquery.
std::string to_tsquery(const Query& query, const std::vector<std::string>& accounts);

// One segment as the index keeps it; FTS5 in three columns, PostgreSQL in one tsvector.
struct Entry {
  std::string words;  // "chat noir"
  std::string forms;  // what prefixes look through besides: "chats noirs"
  std::string marks;  // the account
};
Entry entry_of(std::string_view text, std::string_view account_id);
std::string to_tsvector(const Entry& entry);

struct Part {
  std::string text;
  bool hit = false;
};

// The whole text in parts, those that answer the question marked.
std::vector<Part> mark_hits(std::string_view text, const Query& query);

}  // namespace vigie::search
