// SPDX-License-Identifier: Apache-2.0
#include "db/database.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace vigie::db {
namespace {

[[noreturn]] void throw_wrong_read(std::size_t column, std::string_view wanted) {
  throw std::logic_error(fmt::format("column {} of a row is not {}", column, wanted));
}

const Value::Storage& at(const std::vector<Value>& columns, std::size_t column) {
  if (column >= columns.size()) {
    throw std::logic_error(
        fmt::format("column {} of a row of {} columns was read", column, columns.size()));
  }
  return columns[column].storage();
}

}  // namespace

bool Row::is_null(std::size_t column) const {
  return std::holds_alternative<std::monostate>(at(columns_, column));
}

std::int64_t Row::integer(std::size_t column) const {
  if (const auto* value = std::get_if<std::int64_t>(&at(columns_, column))) {
    return *value;
  }
  throw_wrong_read(column, "an integer");
}

double Row::number(std::size_t column) const {
  const auto& value = at(columns_, column);
  if (const auto* real = std::get_if<double>(&value)) {
    return *real;
  }
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return static_cast<double>(*whole);
  }
  throw_wrong_read(column, "a number");
}

bool Row::boolean(std::size_t column) const {
  const auto& value = at(columns_, column);
  if (const auto* truth = std::get_if<bool>(&value)) {
    return *truth;
  }
  const auto* whole = std::get_if<std::int64_t>(&value);
  if (whole != nullptr && (*whole == 0 || *whole == 1)) {
    return *whole == 1;
  }
  throw_wrong_read(column, "a boolean");
}

const std::string& Row::text(std::size_t column) const {
  if (const auto* value = std::get_if<std::string>(&at(columns_, column))) {
    return *value;
  }
  throw_wrong_read(column, "a text");
}

std::string Row::text_or_empty(std::size_t column) const {
  return is_null(column) ? std::string{} : text(column);
}

std::optional<Time> Row::optional_time(std::size_t column) const {
  return is_null(column) ? std::nullopt : std::optional{time(column)};
}

std::optional<std::int64_t> Row::optional_integer(std::size_t column) const {
  return is_null(column) ? std::nullopt : std::optional{integer(column)};
}

std::optional<double> Row::optional_number(std::size_t column) const {
  return is_null(column) ? std::nullopt : std::optional{number(column)};
}

}  // namespace vigie::db
