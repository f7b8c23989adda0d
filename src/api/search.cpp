// SPDX-License-Identifier: Apache-2.0
// GET /search: what was said, in what the person may see.
#include "search/search.hpp"

#include <boost/json/array.hpp>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/periods.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "base/ids.hpp"

namespace vigie::api {
namespace {

json::object to_json(const search::Hit& hit, const search::Query& query) {
  json::array parts;
  for (const auto& part : search::mark_hits(hit.text, query)) {
    parts.push_back({{"text", part.text}, {"hit", part.hit}});
  }
  return {{"live_id", hit.live_id},       {"segment_id", hit.segment_id},
          {"account_id", hit.account_id}, {"username", hit.username},
          {"title", hit.title},           {"start", to_seconds(hit.start)},
          {"end", to_seconds(hit.end)},   {"at", to_rfc3339(hit.at)},
          {"parts", std::move(parts)}};
}

Result<search::Question> read_question(const http::Request& request, const notify::TimeZone& zone) {
  auto query = search::parse_query(request.parameter("q").value_or(""));
  if (!query) {
    return query.error();
  }
  const auto period = read_period(request, zone);
  if (!period) {
    return period.error();
  }
  search::Question question;
  question.query = std::move(*query);
  question.from = period->from;
  question.to = period->to;
  question.account_id = request.parameter("account_id").value_or("");
  if (!question.account_id.empty() && !is_plausible_id(question.account_id)) {
    return make_error(Errc::invalid, "account_id: not an id of ours");
  }
  question.language = request.parameter("lang").value_or("");
  if (question.language.size() > 10 || !is_plausible_id("-" + question.language)) {
    return make_error(Errc::invalid, "lang: a code of a language, such as fr");
  }
  return question;
}

}  // namespace

Async<Result<http::Response>> search_words(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  if (!paging) {
    co_return paging.error();
  }
  const auto zone = co_await zone_of(services, call.person_id());
  if (!zone) {
    co_return zone.error();
  }
  const auto question = read_question(call.request, *zone);
  if (!question) {
    co_return question.error();
  }
  // What an overseer may open by id they may also find.
  const auto page = co_await search::find(services.database, widest_sight_of(call), *question,
                                          paging->limit, paging->cursor);
  if (!page) {
    co_return page.error();
  }
  json::array items;
  for (const auto& hit : page->items) {
    items.push_back(to_json(hit, question->query));
  }
  co_return page_answer(std::move(items), page->next_cursor);
}

}  // namespace vigie::api
