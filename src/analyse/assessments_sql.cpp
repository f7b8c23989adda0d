// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "analyse/assessments.hpp"
#include "db/event_log.hpp"
#include "domain/json.hpp"

namespace vigie::analyse {
namespace {

// A segment lasts at most half a minute: those that reach beyond what is judged begin at most that
// long before it, which the index on (live_id, start_us) can use.
constexpr Span longest_segment = std::chrono::minutes{1};

constexpr std::string_view select_pending = R"(
SELECT l.id, l.account_id, COALESCE(j.until_us, 0), CAST(SUM(s.end_us - s.start_us) AS BIGINT),
  MIN(s.created_at), l.state
FROM live l
LEFT JOIN judged j ON j.live_id = l.id
JOIN segment s ON s.live_id = l.id
  AND s.start_us >= COALESCE(j.until_us, 0) - $2 AND s.end_us > COALESCE(j.until_us, 0)
WHERE l.ended_at IS NULL OR l.ended_at >= $1
GROUP BY l.id, l.account_id, j.until_us, l.state
ORDER BY 5)";

constexpr std::string_view select_mark = R"(SELECT until_us FROM judged WHERE live_id = $1)";

constexpr std::string_view select_unjudged = R"(
SELECT start_us, end_us, text, language FROM segment
WHERE live_id = $1 AND start_us >= $3 AND end_us > $2
ORDER BY start_us, id)";

constexpr std::string_view select_context = R"(
SELECT text FROM segment
WHERE live_id = $1 AND start_us >= $4 AND end_us <= $3 AND end_us > $2
ORDER BY start_us, id)";

// The fence: only who read the mark moves it.
constexpr std::string_view move_mark = R"(
INSERT INTO judged (live_id, until_us) VALUES ($1, $2)
ON CONFLICT (live_id) DO UPDATE SET until_us = excluded.until_us WHERE judged.until_us = $3)";

constexpr std::string_view insert_assessment = R"(
INSERT INTO assessment (id, live_id, start_us, end_us, categorie, viralite, discours_haineux, cible,
  justification, risque_score, score, indetermine, injection, preuve, analyser, model, prompt_sha256,
  repli, tokens_in, tokens_out, latency_us, error, created_at, embedded_version, embedded_score,
  disagreement, cost_usd, preuve_start_us, preuve_end_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
  $22, $23, $24, $25, $26, $27, $28, $29)
ON CONFLICT (live_id, start_us, end_us, analyser, model, prompt_sha256) DO NOTHING)";

constexpr std::string_view select_of_live = R"(
SELECT id, live_id, start_us, end_us, categorie, viralite, discours_haineux, cible, justification,
  risque_score, score, indetermine, injection, preuve, analyser, model, prompt_sha256, repli, tokens_in,
  tokens_out, latency_us, error, embedded_version, embedded_score, disagreement, cost_usd,
  preuve_start_us, preuve_end_us
FROM assessment WHERE live_id = $1 AND ($2 = '' OR id < $2)
ORDER BY id DESC LIMIT $3)";

constexpr std::string_view select_one = R"(
SELECT a.id, a.live_id, a.start_us, a.end_us, a.categorie, a.viralite, a.discours_haineux, a.cible,
  a.justification, a.risque_score, a.score, a.indetermine, a.injection, a.preuve, a.analyser, a.model,
  a.prompt_sha256, a.repli, a.tokens_in, a.tokens_out, a.latency_us, a.error, a.embedded_version,
  a.embedded_score, a.disagreement, a.cost_usd, a.preuve_start_us, a.preuve_end_us
FROM assessment a JOIN live l ON l.id = a.live_id
WHERE a.id = $1 AND EXISTS (SELECT 1 FROM follow f
  WHERE f.account_id = l.account_id AND (f.person_id = $2 OR $3)))";

constexpr std::string_view select_visible_live = R"(
SELECT l.id FROM live l
WHERE l.id = $1 AND EXISTS (SELECT 1 FROM follow f
  WHERE f.account_id = l.account_id AND (f.person_id = $2 OR $3)))";

constexpr std::string_view insert_set_aside = R"(
INSERT INTO set_aside (live_id, start_us, end_us, attempts, reason, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (live_id, start_us) DO NOTHING)";

constexpr std::string_view select_set_aside = R"(SELECT COUNT(*) FROM set_aside)";

constexpr std::string_view select_set_aside_of_live = R"(
SELECT start_us, end_us, attempts, reason, created_at FROM set_aside
WHERE live_id = $1 ORDER BY start_us DESC LIMIT $2)";

template <class T>
T of_ours(Result<T> parsed) {
  return std::move(parsed).value();  // written by us: another word is a bug, and throws
}

std::optional<Span> span_or_nothing(const db::Row& row, std::size_t column) {
  const auto microseconds = row.optional_integer(column);
  return microseconds ? std::optional{Span{*microseconds}} : std::nullopt;
}

Assessment to_assessment(const db::Row& row) {
  Assessment made;
  made.id = row.text(0);
  made.live_id = row.text(1);
  made.start = row.span(2);
  made.end = row.span(3);
  auto& judgement = made.judgement;
  judgement.category = of_ours(parse_category(row.text(4)));
  judgement.virality = of_ours(parse_virality(row.text(5)));
  judgement.hateful = row.boolean(6);
  judgement.target = of_ours(parse_target(row.text(7)));
  judgement.justification = row.text(8);
  made.risk = row.number(9);
  judgement.score = row.number(10);
  judgement.undecided = row.boolean(11);
  judgement.injection = row.boolean(12);
  judgement.evidence = row.text(13);
  judgement.analyser = row.text(14);
  judgement.model = row.text(15);
  judgement.prompt_sha256 = row.text(16);
  judgement.fallback = row.boolean(17);
  judgement.tokens_in = row.integer(18);
  judgement.tokens_out = row.integer(19);
  made.latency = row.span(20);
  judgement.error = row.text(21);
  judgement.embedded_version = row.text(22);
  judgement.embedded_score = row.number(23);
  judgement.disagreement = row.boolean(24);
  judgement.cost_usd = row.number(25);
  made.evidence_start = span_or_nothing(row, 26);
  made.evidence_end = span_or_nothing(row, 27);
  return made;
}

Result<std::int64_t> insert(db::Transaction& transaction, const Assessment& made, Time now) {
  const auto& judgement = made.judgement;
  return transaction.execute(insert_assessment, {made.id,
                                                 made.live_id,
                                                 made.start,
                                                 made.end,
                                                 to_string(judgement.category),
                                                 to_string(judgement.virality),
                                                 judgement.hateful,
                                                 to_string(judgement.target),
                                                 judgement.justification,
                                                 made.risk,
                                                 judgement.score,
                                                 judgement.undecided,
                                                 judgement.injection,
                                                 judgement.evidence,
                                                 judgement.analyser,
                                                 judgement.model,
                                                 judgement.prompt_sha256,
                                                 judgement.fallback,
                                                 judgement.tokens_in,
                                                 judgement.tokens_out,
                                                 made.latency,
                                                 judgement.error,
                                                 now,
                                                 judgement.embedded_version,
                                                 judgement.embedded_score,
                                                 judgement.disagreement,
                                                 judgement.cost_usd,
                                                 made.evidence_start,
                                                 made.evidence_end});
}

void append_text(std::string& text, const std::string& more) {
  if (!text.empty() && !more.empty()) {
    text += ' ';
  }
  text += more;
}

Result<std::vector<Pending>> read_pending(db::Transaction& transaction, Time ended_after) {
  auto rows = transaction.query(select_pending, {ended_after, longest_segment});
  if (!rows) {
    return rows.error().during("reading what is to be judged");
  }
  std::vector<Pending> pending;
  for (const auto& row : *rows) {
    pending.push_back(Pending{.live_id = row.text(0),
                              .account_id = row.text(1),
                              .judged_until = row.span(2),
                              .unjudged = row.span(3),
                              .oldest = row.time(4),
                              .ended = row.text(5) == "ended"});
  }
  return pending;
}

// Whether `pending` still tells how far the live is judged: the model is not asked twice.
Result<bool> is_fresh(db::Transaction& transaction, const Pending& pending) {
  auto marks = transaction.query(select_mark, {pending.live_id});
  if (!marks) {
    return marks.error().during("reading how far a live is judged");
  }
  return (marks->empty() ? Span{0} : marks->front().span(0)) == pending.judged_until;
}

Result<Work> read_work(db::Transaction& transaction, const Pending& pending) {
  const auto fresh = is_fresh(transaction, pending);
  if (!fresh) {
    return fresh.error();
  }
  if (!*fresh) {
    return make_error(Errc::not_found, "somebody judged it meanwhile");
  }
  auto rows = transaction.query(select_unjudged, {pending.live_id, pending.judged_until,
                                                  pending.judged_until - longest_segment});
  if (!rows) {
    return rows.error().during("reading the words to judge");
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "nothing is left to judge");
  }
  std::vector<Spoken> unjudged;
  for (const auto& row : *rows) {
    unjudged.push_back({row.span(0), row.span(1), row.text(2), row.text(3)});
  }
  auto work = cut_window(unjudged, pending.judged_until);
  work.window.live_id = pending.live_id;
  const auto from = work.window.start - context_of_a_window;
  auto before = transaction.query(
      select_context, {pending.live_id, from, pending.judged_until, from - longest_segment});
  if (!before) {
    return before.error().during("reading what was said before");
  }
  for (const auto& row : *before) {
    append_text(work.window.context, row.text(0));
  }
  return work;
}

Result<> require_visible(db::Transaction& transaction, const std::string& live_id,
                         const Sight& sight) {
  const auto live =
      transaction.query(select_visible_live, {live_id, sight.person_id, sight.all_accounts});
  if (!live) {
    return live.error();
  }
  return live->empty() ? Result<>{make_error(Errc::not_found, "no such live")} : Result<>{};
}

}  // namespace

Async<Result<std::vector<Pending>>> Assessments::pending(Time ended_after) {
  std::function<Result<std::vector<Pending>>(db::Transaction&)> work =
      [ended_after](db::Transaction& transaction) {
        return read_pending(transaction, ended_after);
      };
  co_return co_await db::read<std::vector<Pending>>(database_, std::move(work));
}

Async<Result<Work>> Assessments::next_work(Pending pending) {
  std::function<Result<Work>(db::Transaction&)> work = [&pending](db::Transaction& transaction) {
    return read_work(transaction, pending);
  };
  co_return co_await db::read<Work>(database_, std::move(work));
}

Async<Result<bool>> Assessments::store(Pending pending, Work work, Judgement judgement,
                                       Span latency) {
  const auto now = clock_.now();
  Assessment made;
  made.id = ids_.next(now);
  made.live_id = work.window.live_id;
  made.start = work.window.start;
  made.end = work.window.end;
  if (const auto at = work.window.text.find(judgement.evidence);
      !judgement.evidence.empty() && at != std::string::npos) {
    if (const auto moments = moments_of(work.window, Stretch{at, at + judgement.evidence.size()})) {
      made.evidence_start = moments->start;
      made.evidence_end = moments->end;
    }
  }
  made.risk = risk_score(judgement.virality, judgement.hateful);
  made.judgement = std::move(judgement);
  made.latency = latency;

  std::function<Result<bool>(db::Transaction&)> write =
      [&](db::Transaction& transaction) -> Result<bool> {
    auto moved = transaction.execute(move_mark, {made.live_id, made.end, work.judged_until});
    if (!moved) {
      return moved.error().during("marking a live as judged");
    }
    if (*moved == 0) {
      return false;
    }
    auto inserted = insert(transaction, made, now);
    if (!inserted) {
      return inserted.error().during("keeping an assessment");
    }
    if (*inserted == 0) {
      return true;
    }
    Event event;
    event.type = event_type::assessment;
    event.at = now;
    event.account_id = pending.account_id;
    event.live_id = made.live_id;
    event.data = boost::json::serialize(to_json(made));
    auto appended = db::append_event(transaction, event);
    if (!appended) {
      return appended.error().during("telling of an assessment");
    }
    return true;
  };
  auto stored = co_await db::write<bool>(database_, std::move(write));
  if (stored && *stored) {
    bus_.publish(topic::events, {});
  }
  co_return stored;
}

Async<Result<bool>> Assessments::set_aside(Work work, std::int64_t attempts, std::string reason) {
  const auto now = clock_.now();
  std::function<Result<bool>(db::Transaction&)> write =
      [&](db::Transaction& transaction) -> Result<bool> {
    const auto& window = work.window;
    auto moved = transaction.execute(move_mark, {window.live_id, window.end, work.judged_until});
    if (!moved) {
      return moved.error().during("setting a window aside");
    }
    if (*moved == 0) {
      return false;
    }
    auto kept = transaction.execute(
        insert_set_aside, {window.live_id, window.start, window.end, attempts, reason, now});
    if (!kept) {
      return kept.error().during("keeping why a window was set aside");
    }
    return true;
  };
  co_return co_await db::write<bool>(database_, std::move(write));
}

Async<Result<std::int64_t>> Assessments::count_set_aside() {
  std::function<Result<std::int64_t>(db::Transaction&)> work =
      [](db::Transaction& transaction) -> Result<std::int64_t> {
    auto rows = transaction.query(select_set_aside, {});
    if (!rows) {
      return rows.error();
    }
    return rows->front().integer(0);
  };
  co_return co_await db::read<std::int64_t>(database_, std::move(work));
}

Async<Result<std::vector<SetAside>>> Assessments::list_set_aside(std::string live_id, Sight sight) {
  std::function<Result<std::vector<SetAside>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<std::vector<SetAside>> {
    if (auto visible = require_visible(transaction, live_id, sight); !visible) {
      return visible.error();
    }
    const auto rows = transaction.query(select_set_aside_of_live, {live_id, most_set_aside_listed});
    if (!rows) {
      return rows.error().during("reading what was set aside");
    }
    std::vector<SetAside> windows;
    for (const auto& row : *rows) {
      windows.push_back({.start = row.span(0),
                         .end = row.span(1),
                         .attempts = row.integer(2),
                         .reason = row.text(3),
                         .at = row.time(4)});
    }
    return windows;
  };
  co_return co_await db::read<std::vector<SetAside>>(database_, std::move(work));
}

Async<Result<Page<Assessment>>> Assessments::list(std::string live_id, Sight sight,
                                                  std::int64_t limit, std::string cursor) {
  if (!cursor.empty() && !is_plausible_id(cursor)) {
    co_return make_error(Errc::invalid, "cursor: not one of ours");
  }
  std::function<Result<Page<Assessment>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Page<Assessment>> {
    if (auto visible = require_visible(transaction, live_id, sight); !visible) {
      return visible.error();
    }
    auto rows = transaction.query(select_of_live, {live_id, cursor, limit + 1});
    if (!rows) {
      return rows.error();
    }
    Page<Assessment> page;
    for (const auto& row : *rows) {
      if (static_cast<std::int64_t>(page.items.size()) == limit) {
        page.next_cursor = page.items.back().id;
        break;
      }
      page.items.push_back(to_assessment(row));
    }
    return page;
  };
  co_return co_await db::read<Page<Assessment>>(database_, std::move(work));
}

Async<Result<Assessment>> Assessments::get(std::string assessment_id, Sight sight) {
  std::function<Result<Assessment>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Assessment> {
    auto rows = transaction.query(select_one, {assessment_id, sight.person_id, sight.all_accounts});
    if (!rows) {
      return rows.error();
    }
    if (rows->empty()) {
      return make_error(Errc::not_found, "no such assessment");
    }
    return to_assessment(rows->front());
  };
  co_return co_await db::read<Assessment>(database_, std::move(work));
}

}  // namespace vigie::analyse
