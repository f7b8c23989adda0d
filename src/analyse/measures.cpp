// SPDX-License-Identifier: Apache-2.0
#include "analyse/measures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <istream>
#include <map>
#include <optional>

#include "base/text.hpp"

namespace vigie::analyse {
namespace {

constexpr std::string_view columns = "text\tlabel\ttarget\tsource\tsplit\tgroup\textra";
constexpr int calibration_bins = 10;

using Number = std::optional<double>;

boost::json::value or_null(Number number) {
  return number ? boost::json::value(*number) : boost::json::value(nullptr);
}

Number share(double part, double whole) {
  return whole > 0 ? Number{part / whole} : std::nullopt;
}

double f1(double hits, double false_alarms, double misses) {
  return hits > 0 ? 2 * hits / (2 * hits + false_alarms + misses) : 0;
}

// What was answered, by label; "unsure" is neither right nor wrong.
struct Counts {
  double hit = 0;
  double miss = 0;
  double unsure_hateful = 0;
  double false_alarm = 0;
  double pass = 0;
  double unsure_harmless = 0;

  double hateful() const { return hit + miss + unsure_hateful; }
  double harmless() const { return false_alarm + pass + unsure_harmless; }

  void add(bool is_hateful, const Judgement& answer) {
    auto& unsure = is_hateful ? unsure_hateful : unsure_harmless;
    auto& yes = is_hateful ? hit : false_alarm;
    auto& no = is_hateful ? miss : pass;
    (answer.undecided ? unsure : answer.hateful ? yes : no) += 1;
  }

  double macro_f1() const {
    return (f1(hit, false_alarm, miss + unsure_hateful) + f1(pass, miss, harmless() - pass)) / 2;
  }
};

Number wilson_upper(double part, double whole) {
  if (whole == 0) {
    return std::nullopt;
  }
  constexpr double z = 1.96;
  const double p = part / whole;
  const double spread = z * std::sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole));
  return (p + z * z / (2 * whole) + spread) / (1 + z * z / whole);
}

// The chance that a hateful case scores higher than a harmless one; ties count half.
Number area(const std::vector<Case>& cases, const std::vector<Judgement>& answers) {
  std::vector<std::pair<double, bool>> rows;
  double hateful = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    rows.emplace_back(answers[i].score, cases[i].hateful);
    hateful += cases[i].hateful ? 1 : 0;
  }
  const double harmless = static_cast<double>(rows.size()) - hateful;
  std::ranges::sort(rows);
  double ranks = 0;
  for (std::size_t i = 0; i < rows.size();) {
    auto end = i;
    double tied = 0;
    for (; end < rows.size() && rows[end].first == rows[i].first; ++end) {
      tied += rows[end].second ? 1 : 0;
    }
    ranks += tied * (static_cast<double>(i + end) + 1) / 2;
    i = end;
  }
  return share(ranks - hateful * (hateful + 1) / 2, hateful * harmless);
}

// How far the score is from the share of hatred, over ten bins, where half the cases are hateful.
Number calibration_error(const std::vector<Case>& cases, const std::vector<Judgement>& answers,
                         const Counts& counts) {
  if (counts.hateful() == 0 || counts.harmless() == 0) {
    return std::nullopt;
  }
  struct Bin {
    double weight = 0;
    double score = 0;
    double hateful = 0;
  };
  std::array<Bin, calibration_bins> bins;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const double weight = 0.5 / (cases[i].hateful ? counts.hateful() : counts.harmless());
    const auto place = static_cast<int>(answers[i].score * calibration_bins);
    auto& bin = bins.at(static_cast<std::size_t>(std::clamp(place, 0, calibration_bins - 1)));
    bin.weight += weight;
    bin.score += weight * answers[i].score;
    bin.hateful += cases[i].hateful ? weight : 0;
  }
  double error = 0;
  for (const auto& bin : bins) {
    error += std::fabs(bin.score - bin.hateful);
  }
  return error;
}

// How many alarms are right where that share of the windows is hateful.
Number precision_at(double prevalence, Number recall, Number fpr) {
  if (!recall || !fpr) {
    return std::nullopt;
  }
  const double right = prevalence * *recall;
  return share(right, right + (1 - prevalence) * *fpr);
}

bool is_right(const Case& one, const Judgement& answer) {
  return !answer.undecided && answer.hateful == one.hateful;
}

using Shares = std::map<std::string, std::pair<double, double>>;  // right, all

double mean_where(const Shares& shares, std::string_view ending, int& found) {
  double sum = 0;
  found = 0;
  for (const auto& [name, counted] : shares) {
    if (name.ends_with(ending)) {
      sum += counted.first / counted.second;
      ++found;
    }
  }
  return found > 0 ? sum / found : 0;
}

boost::json::object to_object(const Shares& shares) {
  boost::json::object object;
  for (const auto& [name, counted] : shares) {
    object[name] = counted.first / counted.second;
  }
  return object;
}

void add_passes(boost::json::object& out, const Shares& groups, const Shares& identities) {
  int hateful = 0;
  int harmless = 0;
  const double pass_h = mean_where(groups, "_h", hateful);
  const double pass_nh = mean_where(groups, "_nh", harmless);
  if (hateful > 0 && harmless > 0) {
    out["pass_h"] = pass_h;
    out["pass_nh"] = pass_nh;
    out["pass_balanced"] = (pass_h + pass_nh) / 2;
  }
  out["by_group"] = to_object(groups);
  if (!identities.empty()) {
    double least = 1;
    double most = 0;
    for (const auto& [name, counted] : identities) {
      least = std::min(least, counted.first / counted.second);
      most = std::max(most, counted.first / counted.second);
    }
    out["by_identity"] = to_object(identities);
    out["identity_gap"] = most - least;
  }
}

void add_evidence(boost::json::object& out, const std::vector<Case>& cases,
                  const std::vector<Judgement>& answers) {
  double flagged = 0;
  double literal = 0;
  double missing = 0;
  double aimed = 0;
  double aimed_right = 0;
  int errors = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& answer = answers[i];
    if (answer.hateful || answer.undecided) {
      flagged += 1;
      missing += answer.evidence.empty() ? 1 : 0;
      literal +=
          !answer.evidence.empty() && cases[i].text.find(answer.evidence) != std::string::npos ? 1
                                                                                               : 0;
    }
    if (answer.hateful && cases[i].hateful && !cases[i].target.empty()) {
      aimed += 1;
      aimed_right += to_string(answer.target) == cases[i].target ? 1 : 0;
    }
    errors += (answer.category == Category::hateful) != answer.hateful ? 1 : 0;
    errors += answer.score < 0 || answer.score > 1 ? 1 : 0;
  }
  out["cible_acc"] = or_null(share(aimed_right, aimed));
  out["evidence_in_text"] = or_null(share(literal, flagged));
  out["evidence_missing"] = missing;
  out["contract_errors"] = errors;
}

}  // namespace

Result<std::vector<Case>> read_cases(std::istream& in) {
  std::string line;
  if (!std::getline(in, line) || trim(line) != columns) {
    return make_error(Errc::invalid,
                      "line 1: the columns must be text, label, target, source, "
                      "split, group and extra, separated by tabs");
  }
  std::vector<Case> cases;
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    const auto fields = split(line, '\t');
    if (fields.size() < 6 || (fields[1] != "0" && fields[1] != "1")) {
      return make_error(Errc::invalid, "line {}: not a case of seven columns with a label 0 or 1",
                        number);
    }
    Case one;
    one.text = clean_utf8(fields[0], fields[0].size());
    one.hateful = fields[1] == "1";
    one.target = fields[2];
    one.group = trim(fields[5]);
    for (const auto part : split(fields.size() > 6 ? trim(fields[6]) : "", ';')) {
      if (part.starts_with("ident=")) {
        one.identity = part.substr(6);
      }
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

boost::json::object measure(const std::vector<Case>& cases, const std::vector<Judgement>& answers) {
  Counts counts;
  Shares groups;
  Shares identities;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    counts.add(cases[i].hateful, answers[i]);
    const double right = is_right(cases[i], answers[i]) ? 1 : 0;
    const auto add = [&](Shares& shares, const std::string& name) {
      auto& counted = shares[name];
      counted.first += right;
      counted.second += 1;
    };
    add(groups, cases[i].group);
    if (!cases[i].identity.empty()) {
      add(identities, cases[i].identity);
    }
  }
  const auto all = static_cast<double>(cases.size());
  const double unsure = counts.unsure_hateful + counts.unsure_harmless;
  const auto recall = share(counts.hit, counts.hateful());
  const auto fpr = share(counts.false_alarm, counts.harmless());
  const auto decided_hits = share(counts.hit, counts.hit + counts.miss);
  const auto decided_passes = share(counts.pass, counts.pass + counts.false_alarm);
  boost::json::object out;
  out["n"] = cases.size();
  out["hate"] = counts.hateful();
  out["abstain"] = or_null(share(unsure, all));
  out["macroF1"] = counts.macro_f1();
  out["recall"] = or_null(recall);
  out["fpr"] = or_null(fpr);
  out["fpr95"] = or_null(wilson_upper(counts.false_alarm, counts.harmless()));
  out["auc"] = or_null(area(cases, answers));
  out["ece"] = or_null(calibration_error(cases, answers, counts));
  out["precision_at_1"] = or_null(precision_at(0.01, recall, fpr));
  out["precision_at_5"] = or_null(precision_at(0.05, recall, fpr));
  out["coverage"] = or_null(share(all - unsure, all));
  out["balanced_accuracy"] = decided_hits && decided_passes
                                 ? boost::json::value((*decided_hits + *decided_passes) / 2)
                                 : boost::json::value(nullptr);
  add_evidence(out, cases, answers);
  add_passes(out, groups, identities);
  return out;
}

}  // namespace vigie::analyse
