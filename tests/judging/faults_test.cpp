// SPDX-License-Identifier: Apache-2.0
// Every way a language model fails us, one row each: who judges then, how often it was asked, what
// the assessment says, and how the breaker stands.
#include <gtest/gtest.h>

#include <functional>

#include "judging/court.hpp"

namespace vigie::judging {
namespace {

constexpr std::string_view speech =
    "bonjour, il fait beau ce matin et je prépare la soupe pour les enfants";

sim::LlmPlan plan(const std::function<void(sim::LlmPlan&)>& change) {
  sim::LlmPlan made;
  change(made);
  return made;
}

std::string judgement(std::string_view more = "") {
  return R"({"categorie":"Neutre","viralite":"faible","discours_haineux":false,"cible":"autre",)"
         R"("justification":"Rien.","score":0.1,"indetermine":false,"preuve":"")" +
         std::string{more} + "}";
}

sim::LlmPlan says(std::string raw) {
  return plan([&](sim::LlmPlan& made) { made.raw = std::move(raw); });
}
sim::LlmPlan refuses(int status, std::string error = {}) {
  return plan([&](sim::LlmPlan& made) {
    made.status = status;
    made.error = std::move(error);
  });
}

struct Row {
  std::string name;
  std::vector<sim::LlmPlan> script;
  bool model_judges;
  std::size_t questions;
  std::string error;           // part of what the assessment says
  bool is_left_alone = false;  // the breaker is open afterwards
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

std::vector<Row> rows() {
  const auto once = [](sim::LlmPlan made) {
    made.times = 1;
    return made;
  };
  auto long_429 = refuses(429);
  long_429.retry_after = std::chrono::seconds{30};
  auto short_429 = once(refuses(429));
  short_429.retry_after = std::chrono::seconds{1};
  const auto no_schema = plan([](sim::LlmPlan& made) {
    made.refuses = "json_schema";
    made.status = 500;
    made.error = "1 validation error: response_format.type json_schema";
  });
  const auto cut = plan([](sim::LlmPlan& made) {
    made.raw = judgement();
    made.finish = "length";
  });
  const auto huge = plan([](sim::LlmPlan& made) {
    made.raw = judgement();
    made.padding = 10 << 20;
  });
  const auto silent = plan([](sim::LlmPlan& made) { made.delay = std::chrono::seconds{30}; });
  const auto body = [](std::string text) {
    return plan([&](sim::LlmPlan& made) { made.body = std::move(text); });
  };
  const std::string cold{"the model's endpoint answered "};
  return {
      {"Answer", {says(judgement())}, true, 1, ""},
      {"TooManyThenWell", {short_429}, true, 2, ""},
      {"TooManyForLong", {long_429}, false, 1, cold + "429", true},
      {"FlexCapacity498", {refuses(498)}, false, 3, cold + "498", true},
      {"Unavailable503", {refuses(503)}, false, 3, cold + "503", true},
      {"Loading503ThenWell", {once(refuses(503))}, true, 2, ""},
      {"NoSchema500", {no_schema}, true, 2, ""},
      {"JsonValidateFailed", {once(refuses(400, "json_validate_failed"))}, true, 2, ""},
      {"BadRequest400", {refuses(400)}, false, 1, cold + "400"},
      {"TooLarge413", {refuses(413)}, false, 1, cold + "413"},
      {"WrongKey401", {refuses(401)}, false, 1, "GROQ_API_KEY", true},
      {"ModelNotFound404", {refuses(404, "model_not_found")}, false, 1, "LLM_MODEL", true},
      {"CutShort", {cut}, false, 3, "stopped early"},
      {"TruncatedObject", {says(R"({"categorie":"Neut)")}, false, 3, "no JSON object"},
      {"TruncatedBody", {body(R"({"choices":[{"mess)")}, false, 3, "not JSON"},
      {"WrongEnum",
       {says(R"({"categorie":"Haine","viralite":"faible","discours_haineux":true,)"
             R"("cible":"autre","justification":""})")},
       false,
       3,
       "categorie"},
      {"Incoherent",
       {says(R"({"categorie":"Neutre","viralite":"faible","discours_haineux":true,)"
             R"("cible":"autre","justification":""})")},
       false,
       3,
       "contradicts itself"},
      {"Empty", {says("")}, false, 3, "said nothing"},
      {"EmptyBody", {body("")}, false, 3, "not JSON"},
      {"TenMegabytes", {huge}, false, 3, ""},
      {"Silence", {silent}, false, 1, "asking the language model", true},
      {"Refusal", {says("Je ne peux pas vous aider à cela.")}, false, 3, "no JSON object"},
      {"OtherLanguage", {says("抱歉，我无法回答这个问题。")}, false, 3, "no JSON object"},
      {"OtherLanguageWords",
       {says(R"({"categorie":"neutral","viralite":"low",)"
             R"("discours_haineux":false,"cible":"other"})")},
       false,
       3,
       "categorie"},
      {"Html", {body("<html><body>502 Bad Gateway</body></html>")}, false, 3, "not JSON"},
      {"InvalidUtf8",
       {body("{\"choices\":[{\"message\":{\"content\":\"\xff\xfe\"}}]}")},
       false,
       3,
       "not JSON"},
      {"ThinkTags", {says("<think>{\"categorie\":1} hm</think>" + judgement())}, true, 1, ""},
      {"Fences", {says("```json\n" + judgement() + "\n```")}, true, 1, ""},
      {"ExtraFields", {says(judgement(R"(,"avis":[1,2],"note":"x")"))}, true, 1, ""},
      {"RiskGiven", {says(judgement(R"(,"risque_score":0.99)"))}, true, 1, ""},
      {"NoEffort", {once(refuses(400, "reasoning_effort is not supported"))}, true, 2, ""},
  };
}

class LlmFault : public ::testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(Rows, LlmFault, ::testing::ValuesIn(rows()),
                         [](const auto& row) { return row.param.name; });

TEST_P(LlmFault, IsAbsorbedAndSaid) {
  const auto& row = GetParam();
  const bool is_silent = row.name == "Silence";
  Court court{row.script, std::chrono::milliseconds{is_silent ? 300 : 10'000}};  // 30 s in earnest

  const auto judged = court.hear(std::string{speech});
  const auto questions = court.fake.requests().size();
  const auto next = court.hear(std::string{speech});

  EXPECT_EQ(judged.analyser, row.model_judges ? "llm" : analyse::embedded_name) << judged.error;
  EXPECT_EQ(judged.fallback, !row.model_judges);
  EXPECT_EQ(judged.error.empty(), row.model_judges) << judged.error;
  EXPECT_NE(judged.error.find(row.error), std::string::npos) << judged.error;
  EXPECT_EQ(questions, row.questions);
  EXPECT_FALSE(judged.hateful);
  EXPECT_DOUBLE_EQ(risk_score(judged.virality, judged.hateful), 0.2) << "ours, never the model's";
  EXPECT_FALSE(judged.embedded_version.empty()) << "it read the window in any case";
  EXPECT_EQ(court.fake.requests().size() == questions, row.is_left_alone);
  EXPECT_EQ(next.fallback, !row.model_judges);
}

TEST(LlmProtocol, SendsNothingThatEndpointsRefuse) {
  Court court{{says(judgement())}};
  court.hear(std::string{speech});

  const auto sent = parse_json(court.fake.requests().at(0)).value();
  for (const auto* key : {"logprobs", "top_logprobs", "logit_bias", "n"}) {
    EXPECT_EQ(find(sent, key), nullptr) << key;
  }
  for (const auto& message : sent.at("messages").as_array()) {
    EXPECT_EQ(find(message, "name"), nullptr);
  }
  EXPECT_GE(get_integer(sent, "max_completion_tokens").value_or(0), 800);
}

TEST(LlmProtocol, MarksTheContextAsJudgedAlreadyAndPutsTheSpeechLast) {
  Court court{{says(judgement())}};
  court.hear(std::string{speech});

  const auto sent = parse_json(court.fake.requests().at(0)).value();
  const auto user = get_string(sent.at("messages").as_array().at(1), "content").value();
  const auto mark = user.find("déjà analysé, ne pas rejuger");
  ASSERT_NE(mark, std::string::npos);
  EXPECT_LT(mark, user.find("on parlait du marché"));
  EXPECT_LT(user.find("on parlait du marché"), user.find(speech));
}

TEST(LlmProtocol, TakesTextOfAnyKind) {
  Court court{{says(judgement())}};
  std::string long_text;
  for (int word = 0; word < 100'000; ++word) {
    long_text += "mot ";
  }
  for (const std::string& text :
       {std::string{}, std::string{"oui"}, long_text, std::string{"a\x01\x02\x1b[31mb"},
        std::string{"🙂🔥👨‍👩‍👧"}, std::string{"السلام عليكم ورحمة الله وبركاته"},
        std::string{"the quick brown fox jumps over the lazy dog and runs away from it"}}) {
    const auto judged = court.hear(text);
    EXPECT_FALSE(judged.hateful) << text.substr(0, 60);
  }
}

}  // namespace
}  // namespace vigie::judging
