// SPDX-License-Identifier: Apache-2.0
// A live's transcript as a file.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "api/transcript.hpp"
#include "domain/json.hpp"
#include "domain/subtitles.hpp"
#include "watch/lives.hpp"

namespace vigie::api {
namespace {

constexpr std::int64_t page_size = 1000;

using Items = std::vector<TranscriptItem>;

Async<Result<Items>> whole_transcript(db::Database& database, std::string live_id) {
  Items items;
  std::string cursor;
  do {
    auto page = co_await transcript_page(database, live_id, page_size, cursor);
    if (!page) {
      co_return page.error();
    }
    std::ranges::move(page->items, std::back_inserter(items));
    cursor = std::move(page->next_cursor);
  } while (!cursor.empty());
  co_return items;
}

Caption caption_of(const TranscriptItem& item) {
  if (const auto* segment = std::get_if<Segment>(&item)) {
    return {segment->start, segment->end, segment->text, false};
  }
  const auto& gap = std::get<Gap>(item);
  return {gap.start, gap.end, gap.reason, true};
}

std::string captions(const Items& items, CaptionFormat format) {
  auto text = caption_head(format);
  std::int64_t number = 1;
  for (const auto& item : items) {
    const auto caption = caption_of(item);
    text += to_text(caption, format, number);
    number += caption.is_gap ? 0 : 1;
  }
  return text;
}

std::string as_json(const Live& live, const Items& items) {
  json::array parts;
  for (const auto& item : items) {
    parts.push_back(std::visit([](const auto& part) { return vigie::to_json(part); }, item));
  }
  return json::serialize(json::object{{"live", vigie::to_json(live)}, {"items", std::move(parts)}});
}

}  // namespace

Async<Result<http::Response>> export_transcript(Services& services, Call call) {
  const auto live = co_await services.lives.get(call.parameters[0], widest_sight_of(call));
  if (!live) {
    co_return live.error();
  }
  const auto items = co_await whole_transcript(services.database, live->id);
  if (!items) {
    co_return items.error();
  }
  const auto& path = call.request.path;
  const auto extension = path.substr(path.rfind('.') + 1);
  audit::Deed deed{audit::kind::live_exported, "live", live->id, {}};
  deed.detail["format"] = extension;
  const auto noted = co_await services.trail.record(call.by(), std::move(deed));
  if (!noted) {
    co_return noted.error();
  }
  http::Response response;
  if (extension == "json") {
    response.headers.add("Content-Type", "application/json");
    response.body = as_json(*live, *items);
  } else {
    const auto format = parse_caption_format(extension);
    if (!format) {
      co_return format.error();
    }
    response.headers.add("Content-Type", std::string{media_type(*format)});
    response.body = captions(*items, *format);
  }
  // The account's name is a person's: the file is called by the live's id.
  response.headers.add("Content-Disposition",
                       fmt::format("attachment; filename=\"direct-{}.{}\"", live->id, extension));
  co_return response;
}

}  // namespace vigie::api
