// SPDX-License-Identifier: Apache-2.0
// How well answers agree with labels: the measures of the analyser's evaluation. Pure.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/assessment.hpp"

namespace vigie::analyse {

// A row of a set: text, label, target, source, split, group, extra, separated by tabs.
struct Case {
  std::string text;
  bool hateful = false;
  std::string target;    // one of ours, or empty
  std::string group;     // "slur_h", "win15" …
  std::string identity;  // who is spoken of, from extra's "ident="; may be empty
};

// The cases of a set; its first line must name the columns. Errc::invalid with the line otherwise.
Result<std::vector<Case>> read_cases(std::istream& in);

// The measures of one set under the names of the study's scorer: macroF1, auc, recall, fpr, fpr95
// (Wilson's upper bound), abstain, pass_h, pass_nh, pass_balanced, identity_gap, ece,
// precision_at_1 and precision_at_5 (per cent of hatred), coverage, balanced_accuracy (of what was
// decided), cible_acc, evidence_in_text, evidence_missing, contract_errors, by_group, by_identity.
// What a set cannot say is null. answers: one a case, in order.
boost::json::object measure(const std::vector<Case>& cases, const std::vector<Judgement>& answers);

}  // namespace vigie::analyse
