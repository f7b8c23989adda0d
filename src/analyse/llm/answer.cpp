// SPDX-License-Identifier: Apache-2.0
#include "analyse/llm/answer.hpp"

#include "analyse/window.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace vigie::analyse {
namespace {

constexpr JsonLimits envelope_limits{.bytes = 512UL * 1024, .depth = 32};
constexpr JsonLimits judgement_limits{.bytes = 32UL * 1024, .depth = 8};
constexpr std::size_t longest_justification = 2000;
constexpr std::size_t longest_evidence = 1000;

template <class T>
Result<T> word(const json::value& object, std::string_view key,
               Result<T> (*parse)(std::string_view)) {
  const auto text = get_string(object, key);
  if (!text) {
    return make_error(Errc::corrupt, "the model gave no {}", key);
  }
  auto parsed = parse(*text);
  if (!parsed) {
    return make_error(Errc::corrupt, "the model gave a {} that is not one", key);
  }
  return parsed;
}

// A quotation the model dressed up is still one; one it made up is not.
std::string literal(std::string_view quoted, std::string_view speech) {
  const auto stretch = find_quote(speech, quoted);
  if (!stretch) {
    return {};
  }
  const auto said = speech.substr(stretch->begin, stretch->end - stretch->begin);
  return std::string{cut_utf8(said, longest_evidence)};
}

Result<Answer> read_judgement(const json::value& object, std::string_view speech) {
  Answer answer;
  auto& judgement = answer.judgement;
  const auto category = word(object, "categorie", parse_category);
  const auto virality = word(object, "viralite", parse_virality);
  const auto target = word(object, "cible", parse_target);
  const auto hateful = get_bool(object, "discours_haineux");
  if (!category) {
    return category.error();
  }
  if (!virality) {
    return virality.error();
  }
  if (!target) {
    return target.error();
  }
  if (!hateful) {
    return make_error(Errc::corrupt, "the model did not say whether discours_haineux");
  }
  if ((*category == Category::hateful) != *hateful) {
    return make_error(Errc::corrupt,
                      "the model contradicts itself: categorie and discours_haineux");
  }
  // Six fields are the original's; a model that is not held to our schema may give no more.
  const auto score = get_number(object, "score").value_or(*hateful ? 1.0 : 0.0);
  if (!(score >= 0 && score <= 1)) {
    return make_error(Errc::corrupt, "the model gave a score outside 0 to 1");
  }
  judgement.category = *category;
  judgement.virality = *virality;
  judgement.target = *target;
  judgement.hateful = *hateful;
  judgement.score = score;
  judgement.undecided = get_bool(object, "indetermine").value_or(false);
  judgement.justification =
      clean_utf8(get_string(object, "justification").value_or(""), longest_justification);
  const auto quoted = get_string(object, "preuve").value_or("");
  judgement.evidence = literal(quoted, speech);
  answer.evidence_dropped = judgement.evidence.empty() && !trim(quoted).empty();
  return answer;
}

Result<std::string> content_of(const json::value& envelope) {
  const auto* choices = find(envelope, "choices");
  if (choices == nullptr || !choices->is_array() || choices->get_array().empty()) {
    return make_error(Errc::corrupt, "the answer has no choices");
  }
  const auto& choice = choices->get_array().front();
  const auto reason = get_string(choice, "finish_reason").value_or("stop");
  if (reason == "length" || reason == "content_filter") {
    return make_error(Errc::corrupt, "the model stopped early: {}", reason);
  }
  if (const auto refusal = get_string(choice, "message.refusal"); refusal && !refusal->empty()) {
    return make_error(Errc::corrupt, "the model refused to answer");
  }
  auto content = get_string(choice, "message.content");
  if (!content || trim(*content).empty()) {
    return make_error(Errc::corrupt, "the model said nothing");
  }
  return std::move(*content);
}

}  // namespace

std::string_view first_object(std::string_view text) {
  for (const std::string_view end : {"</think>", "</thinking>", "</reasoning>", "<|message|>"}) {
    if (const auto thought = text.rfind(end); thought != std::string_view::npos) {
      text.remove_prefix(thought + end.size());
    }
  }
  // A thought without an end is no answer, whatever objects it plays with.
  if (trim(text).starts_with("<think")) {
    return {};
  }
  const auto open = text.find('{');
  if (open == std::string_view::npos) {
    return {};
  }
  int depth = 0;
  bool is_in_string = false;
  for (auto i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (is_in_string) {
      i += c == '\\' ? 1 : 0;
      is_in_string = c != '"';
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return text.substr(open, i + 1 - open);
    }
  }
  return {};
}

Result<Answer> read_answer(std::string_view body, std::string_view speech,
                           std::string_view canary) {
  auto envelope = parse_json(body, envelope_limits);
  if (!envelope) {
    return make_error(Errc::corrupt, "the answer is not JSON: {}", envelope.error().what);
  }
  auto content = content_of(*envelope);
  if (!content) {
    return content.error();
  }
  if (!canary.empty() && content->find(canary) != std::string::npos) {
    return make_error(Errc::denied, "the model repeated what it was told to keep");
  }
  const auto text = first_object(*content);
  if (text.empty()) {
    return make_error(Errc::corrupt, "the model gave no JSON object");
  }
  auto object = parse_json(text, judgement_limits);
  if (!object) {
    return make_error(Errc::corrupt, "the model's object is not JSON: {}", object.error().what);
  }
  auto answer = read_judgement(*object, speech);
  if (answer) {
    answer->judgement.tokens_in = get_integer(*envelope, "usage.prompt_tokens").value_or(0);
    answer->judgement.tokens_out = get_integer(*envelope, "usage.completion_tokens").value_or(0);
  }
  return answer;
}

}  // namespace vigie::analyse
