// SPDX-License-Identifier: Apache-2.0
#include "db/postgres/connection.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "base/text.hpp"

namespace vigie::db {
namespace {

// From PostgreSQL's pg_type.dat; they never change.
constexpr Oid oid_bool = 16;
constexpr Oid oid_int8 = 20;
constexpr Oid oid_int2 = 21;
constexpr Oid oid_int4 = 23;
constexpr Oid oid_oid = 26;
constexpr Oid oid_float4 = 700;
constexpr Oid oid_float8 = 701;
constexpr Oid oid_numeric = 1700;

constexpr const char* settings =
    "SET statement_timeout = '30s'; "
    "SET idle_in_transaction_session_timeout = '30s'; "
    "SET standard_conforming_strings = on; "
    "SET client_min_messages = warning";

// In the order of Value's forms; nothing stands for NULL.
std::optional<std::string> to_text(const Value& value) {
  return std::visit(
      [](const auto& held) -> std::optional<std::string> {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return std::nullopt;
        } else if constexpr (std::is_same_v<T, bool>) {
          return held ? "t" : "f";
        } else if constexpr (std::is_same_v<T, std::string>) {
          return held;
        } else {
          return fmt::format("{}", held);
        }
      },
      value.storage());
}

Value from_text(Oid type, std::string_view text) {
  switch (type) {
    case oid_bool:
      return Value{text == "t"};
    case oid_int8:
    case oid_int4:
    case oid_int2:
    case oid_oid:
      return Value{to_integer(text).value()};
    case oid_float4:
    case oid_float8:
      return Value{std::strtod(std::string{text}.c_str(), nullptr)};
    case oid_numeric:
      // SUM of BIGINT, as SQLite gives it: whole when it is.
      if (const auto whole = to_integer(text)) {
        return Value{*whole};
      }
      return Value{std::strtod(std::string{text}.c_str(), nullptr)};
    default:
      return Value{text};
  }
}

Rows to_rows(const PGresult* answer) {
  const int count = PQntuples(answer);
  const int width = PQnfields(answer);
  Rows rows;
  rows.reserve(static_cast<std::size_t>(count));
  for (int row = 0; row < count; ++row) {
    std::vector<Value> columns;
    columns.reserve(static_cast<std::size_t>(width));
    for (int column = 0; column < width; ++column) {
      if (PQgetisnull(answer, row, column) != 0) {
        columns.emplace_back();
        continue;
      }
      const std::string_view text{PQgetvalue(answer, row, column),
                                  static_cast<std::size_t>(PQgetlength(answer, row, column))};
      columns.push_back(from_text(PQftype(answer, column), text));
    }
    rows.emplace_back(std::move(columns));
  }
  return rows;
}

bool is_good(const PGresult* answer) {
  const auto status = PQresultStatus(answer);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

std::string_view state_of(const PGresult* answer) {
  const char* state = answer == nullptr ? nullptr : PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  return state == nullptr ? std::string_view{} : std::string_view{state};
}

}  // namespace

Result<PostgresAddress> parse_postgres_url(std::string url) {
  // libpq's own words would repeat the URL, and with it the password.
  const auto wrong = make_error(
      Errc::invalid, "the database's address is not postgresql://user:password@host:port/name");
  if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) {
    return wrong;
  }
  char* words = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
      PQconninfoParse(url.c_str(), &words), &PQconninfoFree};
  const std::unique_ptr<char, decltype(&PQfreemem)> freed{words, &PQfreemem};
  if (!options) {
    return wrong;
  }
  std::string host = "the local socket";
  std::string port = "5432";
  std::string name;
  PostgresAddress address{.url = std::move(url)};
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr || *option->val == '\0') {
      continue;
    }
    const std::string_view keyword{option->keyword};
    if (keyword == "password") {
      address.password = option->val;
    } else if (keyword == "host") {
      host = option->val;
    } else if (keyword == "port") {
      port = option->val;
    } else if (keyword == "dbname") {
      name = option->val;
    }
  }
  address.shown = fmt::format("PostgreSQL \"{}\" on {}:{}", name, host, port);
  return address;
}

Result<> PostgresConnection::connect() {
  disconnect();
  // Before the URL, so that it may say otherwise: a peer that vanishes is noticed within 30 s.
  const std::array keywords{"connect_timeout",
                            "application_name",
                            "keepalives_idle",
                            "keepalives_interval",
                            "keepalives_count",
                            "tcp_user_timeout",
                            "dbname",
                            "client_encoding",
                            static_cast<const char*>(nullptr)};
  const std::array values{"5",
                          "vigie",
                          "10",
                          "5",
                          "3",
                          "30000",
                          address_.url.c_str(),
                          "UTF8",
                          static_cast<const char*>(nullptr)};
  connection_.reset(PQconnectdbParams(keywords.data(), values.data(), 1));
  if (!is_connected()) {
    const std::string words = connection_ ? PQerrorMessage(connection_.get()) : "out of memory";
    connection_.reset();
    return make_error(Errc::unavailable, "cannot connect to {}: {}", address_.shown,
                      without_password(words));
  }
  // The details of an error repeat what was being stored: names, speech.
  PQsetErrorVerbosity(connection_.get(), PQERRORS_TERSE);
  return script(settings);
}

void PostgresConnection::disconnect() {
  connection_.reset();
  statements_.clear();
}

bool PostgresConnection::in_transaction() const {
  return is_connected() && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

Result<Rows> PostgresConnection::query(std::string_view sql, std::span<const Value> parameters) {
  auto answer = run(sql, parameters);
  if (!answer) {
    return answer.error();
  }
  return to_rows(answer->get());
}

Result<std::int64_t> PostgresConnection::execute(std::string_view sql,
                                                 std::span<const Value> parameters) {
  auto answer = run(sql, parameters);
  if (!answer) {
    return answer.error();
  }
  if (PQresultStatus(answer->get()) == PGRES_TUPLES_OK && PQcmdStatus(answer->get())[0] == 'S') {
    return 0;  // a SELECT changes nothing
  }
  return to_integer(PQcmdTuples(answer->get())).value_or(0);
}

Result<> PostgresConnection::script(std::string_view sql) {
  const std::string text{sql};
  const Answer answer{PQexec(connection_.get(), text.c_str())};
  if (!is_good(answer.get())) {
    return failure(answer.get(), sql);
  }
  return {};
}

Result<std::string> PostgresConnection::prepare(std::string_view sql) {
  if (const auto known = statements_.find(sql); known != statements_.end()) {
    return known->second;
  }
  const std::string text{sql};
  auto name = fmt::format("s{}", statements_.size());
  const Answer answer{PQprepare(connection_.get(), name.c_str(), text.c_str(), 0, nullptr)};
  if (!is_good(answer.get())) {
    return failure(answer.get(), sql);
  }
  statements_.emplace(text, name);
  return name;
}

Result<PostgresConnection::Answer> PostgresConnection::run(std::string_view sql,
                                                           std::span<const Value> parameters) {
  auto name = prepare(sql);
  if (!name) {
    return name.error();
  }
  std::vector<std::optional<std::string>> texts;
  std::vector<const char*> pointers;
  texts.reserve(parameters.size());
  pointers.reserve(parameters.size());
  for (const auto& parameter : parameters) {
    const auto& text = texts.emplace_back(to_text(parameter));
    pointers.push_back(text ? text->c_str() : nullptr);
  }
  Answer answer{PQexecPrepared(connection_.get(), name->c_str(),
                               static_cast<int>(parameters.size()), pointers.data(), nullptr,
                               nullptr, 0)};
  if (!is_good(answer.get())) {
    return failure(answer.get(), sql);
  }
  return answer;
}

Error PostgresConnection::failure(const PGresult* answer, std::string_view sql) {
  const auto state = state_of(answer);
  const auto words = without_password(PQerrorMessage(connection_.get()));
  constexpr std::string_view wrong_parameter_count = "08P01";
  if (!is_connected() || (state.starts_with("08") && state != wrong_parameter_count) ||
      state.starts_with("57P") || state == "25P03") {
    connection_.reset();
    return make_error(Errc::unavailable, "lost {}: {}", address_.shown, words);
  }
  if (state == "40001" || state == "40P01") {
    lost_a_race_ = true;
    return make_error(Errc::unavailable, "another transaction was in the way: {}", words);
  }
  // A migration by another process made the plans of our statements stale.
  if (state == "0A000" && words.find("cached plan") != std::string::npos) {
    lost_a_race_ = true;
    connection_.reset();
    return make_error(Errc::unavailable, "the schema changed: {}", words);
  }
  if (state.starts_with("23")) {
    return make_error(Errc::conflict, "{}", words);
  }
  if (state.starts_with("54")) {  // such as a text too long for its index
    return make_error(Errc::invalid, "{}", words);
  }
  // Resources, an operator, a standby, a lock or the 30 s of statement_timeout.
  if (state.starts_with("53") || state.starts_with("57") || state.starts_with("58") ||
      state == "55P03") {
    return make_error(Errc::unavailable, "{} refused: {}", address_.shown, words);
  }
  if (state.starts_with("XX")) {
    return make_error(Errc::corrupt, "{}: {}", address_.shown, words);
  }
  throw std::logic_error(fmt::format("{} (in: {})", words, sql));
}

std::string PostgresConnection::without_password(std::string words) const {
  if (!address_.password.empty()) {
    constexpr std::string_view mark = "[…]";
    for (auto at = words.find(address_.password); at != std::string::npos;
         at = words.find(address_.password, at + mark.size())) {
      words.replace(at, address_.password.size(), mark);
    }
  }
  return std::string{trim(words)};
}

}  // namespace vigie::db
