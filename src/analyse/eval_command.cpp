// SPDX-License-Identifier: Apache-2.0
#include "analyse/eval_command.hpp"

#include <fmt/ostream.h>

#include <array>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <map>
#include <ostream>
#include <utility>

#include "analyse/measures.hpp"

namespace vigie::analyse {
namespace {

constexpr std::array<std::string_view, 21> order{"macroF1",
                                                 "auc",
                                                 "recall",
                                                 "fpr",
                                                 "fpr95",
                                                 "abstain",
                                                 "pass_h",
                                                 "pass_nh",
                                                 "pass_balanced",
                                                 "identity_gap",
                                                 "ece",
                                                 "precision_at_1",
                                                 "precision_at_5",
                                                 "coverage",
                                                 "balanced_accuracy",
                                                 "cible_acc",
                                                 "evidence_in_text",
                                                 "evidence_missing",
                                                 "contract_errors",
                                                 "n",
                                                 "hate"};

std::string shown(const boost::json::value& value) {
  if (value.is_double()) {
    return fmt::format("{:.3f}", value.get_double());
  }
  return value.is_null() ? "-" : boost::json::serialize(value);
}

void print_shares(std::ostream& out, const boost::json::object& figures, std::string_view name) {
  const auto* shares = figures.if_contains(name);
  if (shares == nullptr) {
    return;
  }
  fmt::print(out, "  {}\n", name);
  for (const auto& [group, share] : shares->get_object()) {
    fmt::print(out, "    {:<28} {}\n", std::string_view{group}, shown(share));
  }
}

void print(std::ostream& out, const std::string& name, const boost::json::object& figures) {
  fmt::print(out, "{}\n", name);
  for (const auto key : order) {
    if (const auto* value = figures.if_contains(key)) {
      fmt::print(out, "  {:<18} {}\n", key, shown(*value));
    }
  }
  print_shares(out, figures, "by_group");
  print_shares(out, figures, "by_identity");
}

std::string name_of(const std::string& file) {
  return file.substr(file.find_last_of('/') + 1);
}

using Sets =
    std::vector<std::pair<std::string, std::pair<std::vector<Case>, std::vector<Judgement>>>>;

// The whole set, then its windows by length.
Sets parts_of(const std::string& name, std::vector<Case> cases, std::vector<Judgement> answers) {
  std::map<std::string, std::pair<std::vector<Case>, std::vector<Judgement>>> by_length;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (cases[i].group.starts_with("win")) {
      auto& part = by_length[cases[i].group];
      part.first.push_back(cases[i]);
      part.second.push_back(answers[i]);
    }
  }
  Sets sets;
  sets.emplace_back(name, std::pair{std::move(cases), std::move(answers)});
  for (auto& [length, part] : by_length) {
    sets.emplace_back(name + " " + length, std::move(part));
  }
  return sets;
}

Async<Result<std::vector<Judgement>>> judge_cases(const std::vector<Case>& cases, Judge& judge) {
  std::vector<Judgement> answers;
  answers.reserve(cases.size());
  for (const auto& one : cases) {
    Window window;
    window.text = one.text;
    auto answer = co_await judge.judge(std::move(window), Judge::Haste::none);
    if (!answer) {
      co_return answer.error();
    }
    answers.push_back(std::move(*answer));
  }
  co_return answers;
}

Result<std::vector<Case>> open_set(const std::string& file) {
  std::ifstream in{file};
  if (!in) {
    return make_error(Errc::not_found, "{} cannot be read", file);
  }
  auto cases = read_cases(in);
  return cases ? cases : cases.error().during(file);
}

}  // namespace

Async<Result<void>> evaluate_sets(std::vector<std::string> files, bool json, std::ostream& out,
                                  Judge& judge) {
  for (const auto& file : files) {
    auto cases = open_set(file);
    if (!cases) {
      co_return cases.error();
    }
    auto answers = co_await judge_cases(*cases, judge);
    if (!answers) {
      co_return answers.error();
    }
    const auto sets = parts_of(name_of(file), std::move(*cases), std::move(*answers));
    for (const auto& [name, part] : sets) {
      auto figures = measure(part.first, part.second);
      if (json) {
        figures["set"] = name;
        out << boost::json::serialize(figures) << '\n';
      } else {
        print(out, name, figures);
      }
    }
  }
  co_return Result<void>{};
}

}  // namespace vigie::analyse
