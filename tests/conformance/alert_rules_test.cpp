// SPDX-License-Identifier: Apache-2.0
// Accounts and lists that alert otherwise than the rest, on both engines.
#include <cmath>

#include "alert/account_rules.hpp"
#include "conformance/alert_store.hpp"

namespace vigie::alert {
namespace {

class AlertRules : public AlertStore {};

INSTANTIATE_TEST_SUITE_P(Engines, AlertRules, testing::each_database());

TEST_P(AlertRules, FollowsTheRuleOfAnAccount) {
  AccountRules rules{db(), clock};
  const Sight moderator{"mod", true};
  AccountRule rule;
  rule.risk_threshold = 0.99;
  rule.hate_alerts = false;
  ASSERT_TRUE(run(rules.set("A", moderator, rule)));
  judge({.start = 0, .hateful = true});
  take_in();
  EXPECT_TRUE(alerts().empty()) << "hatred alone does not alert here";

  rule.hate_alerts = true;
  rule.cooldown = std::chrono::minutes{30};
  ASSERT_TRUE(run(rules.set("A", moderator, rule)));
  judge({.start = 100, .hateful = true});
  judge({.start = 1000, .hateful = true});
  take_in();
  ASSERT_EQ(alerts().size(), 1U) << "within the cooldown it is one incident";
  EXPECT_EQ(alerts()[0].count, 2);
}

TEST_P(AlertRules, FollowsTheMostSensitiveRuleOfItsLists) {
  execute(
      R"(INSERT INTO account_list (id, person_id, name, name_folded, created_at) VALUES ('quiet', 'mod', 'calme', 'calme', 0), ('tense', 'mod', 'tendu', 'tendu', 0), ('annas', 'anna', 'a moi', 'a moi', 0))",
      {});
  execute(
      R"(INSERT INTO account_list_entry (list_id, account_id) VALUES ('quiet', 'A'), ('tense', 'A'), ('annas', 'A'))",
      {});
  AccountRules rules{db(), clock};
  ListRule quiet{.risk_threshold = 0.99, .hate_alerts = false, .cooldown = std::nullopt};
  ASSERT_TRUE(run(rules.set_of_list("quiet", "mod", quiet)));
  // A list of one who decides on nothing says nothing, whatever is in its row.
  ASSERT_TRUE(run(rules.set_of_list("annas", "anna", ListRule{0.0, true, std::nullopt})));
  judge({.start = 0, .hateful = true});
  take_in();
  EXPECT_TRUE(alerts().empty()) << "the list keeps hatred alone quiet";

  ListRule tense{
      .risk_threshold = 0.5, .hate_alerts = std::nullopt, .cooldown = std::chrono::minutes{30}};
  ASSERT_TRUE(run(rules.set_of_list("tense", "mod", tense)));
  judge({.start = 100, .hateful = true});
  judge({.start = 1000, .hateful = true});
  take_in();
  ASSERT_EQ(alerts().size(), 1U) << "the lowest threshold counts, and the only cooldown";
  EXPECT_EQ(alerts()[0].count, 2);

  AccountRule own;
  own.risk_threshold = 0.99;
  own.hate_alerts = false;
  ASSERT_TRUE(run(rules.set("A", Sight{"mod", true}, own)));
  judge({.start = 5000, .hateful = true});
  take_in();
  EXPECT_EQ(alerts().size(), 1U) << "the account's own rule goes first";
}

TEST_P(AlertRules, KeepsTheRulesOfListsToTheirOwners) {
  execute(
      R"(INSERT INTO account_list (id, person_id, name, name_folded, created_at) VALUES ('quiet', 'mod', 'calme', 'calme', 0))",
      {});
  AccountRules rules{db(), clock};
  const ListRule rule{.risk_threshold = 0.9, .hate_alerts = false, .cooldown = std::nullopt};

  EXPECT_EQ(run(rules.set_of_list("quiet", "anna", rule)).error().code, Errc::not_found);
  EXPECT_EQ(run(rules.get_of_list("quiet", "anna")).error().code, Errc::not_found);
  EXPECT_EQ(run(rules.set_of_list("quiet", "mod", ListRule{1.5, {}, {}})).error().code,
            Errc::invalid);
  ASSERT_TRUE(run(rules.set_of_list("quiet", "mod", rule)));
  EXPECT_EQ(run(rules.get_of_list("quiet", "mod")).value().hate_alerts, false);
  ASSERT_TRUE(run(rules.set_of_list("quiet", "mod", ListRule{})));
  EXPECT_FALSE(run(rules.get_of_list("quiet", "mod")).value().risk_threshold);
}

TEST_P(AlertRules, RefusesARuleThatMakesNoSense) {
  AccountRules rules{db(), clock};
  AccountRule rule;
  for (const double threshold : {-0.1, 1.1, std::nan("")}) {
    rule.risk_threshold = threshold;
    EXPECT_EQ(run(rules.set("A", Sight{"mod", true}, rule)).error().code, Errc::invalid);
  }
  rule.risk_threshold = 0.5;
  rule.cooldown = std::chrono::hours{25};
  EXPECT_EQ(run(rules.set("A", Sight{"mod", true}, rule)).error().code, Errc::invalid);
  rule.cooldown.reset();
  EXPECT_EQ(run(rules.set("A", Sight{"nobody", false}, rule)).error().code, Errc::not_found);
  EXPECT_FALSE(run(rules.get("A", Sight{"mod", true})).value().risk_threshold);
}

}  // namespace
}  // namespace vigie::alert
