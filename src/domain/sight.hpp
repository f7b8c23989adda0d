// SPDX-License-Identifier: Apache-2.0
// Whose eyes a question is asked for: objects are fetched by (id, person), never by id alone (A11);
// and the pages that lists are read in.
#pragma once
#include <string>
#include <vector>

namespace vigie {

struct Sight {
  std::string person_id;
  bool all_accounts = false;  // moderators and above: every followed account, not only their own
};

template <class T>
struct Page {
  std::vector<T> items;
  std::string next_cursor;  // empty: this was the last page
};

}  // namespace vigie
