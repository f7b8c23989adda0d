// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/spans.hpp"

#include <algorithm>
#include <array>

namespace vigie::analyse {
namespace {

constexpr std::array<std::size_t, 3> run_lengths{16, 11, 8};

std::vector<TokenSpan> sentences_of(const std::vector<Token>& tokens) {
  std::vector<TokenSpan> sentences;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i == 0 || tokens[i].sentence != tokens[i - 1].sentence) {
      sentences.push_back(TokenSpan{i, i});
    }
    sentences.back().last = i;
  }
  return sentences;
}

std::size_t length(TokenSpan span) {
  return span.last - span.first + 1;
}

void add_whole(std::vector<TokenSpan>& spans, const std::vector<TokenSpan>& sentences) {
  for (const auto sentence : sentences) {
    if (length(sentence) <= longest_span) {
      spans.push_back(sentence);
    }
  }
  // A pronoun refers to the sentence before.
  for (std::size_t i = 1; i < sentences.size(); ++i) {
    const TokenSpan both{sentences[i - 1].first, sentences[i].last};
    if (length(both) <= longest_span) {
      spans.push_back(both);
    }
  }
}

void add_runs(std::vector<TokenSpan>& spans, TokenSpan sentence, std::size_t run,
              std::size_t stride) {
  for (auto first = sentence.first;; first += stride) {
    const auto last = std::min(first + run - 1, sentence.last);
    spans.push_back(TokenSpan{first, last});
    if (last == sentence.last) {
      return;
    }
  }
}

}  // namespace

std::vector<TokenSpan> spans_of(const std::vector<Token>& tokens) {
  const auto sentences = sentences_of(tokens);
  std::vector<TokenSpan> spans;
  add_whole(spans, sentences);
  for (const auto run : run_lengths) {
    for (const auto sentence : sentences) {
      if (length(sentence) > longest_span) {
        add_runs(spans, sentence, run, run / 2);
      }
    }
  }
  return spans;
}

std::vector<TokenSpan> fine_spans_of(const std::vector<Token>& tokens) {
  const auto sentences = sentences_of(tokens);
  std::vector<TokenSpan> spans;
  add_whole(spans, sentences);
  for (const auto run : run_lengths) {
    for (const auto sentence : sentences) {
      if (length(sentence) > run) {
        add_runs(spans, sentence, run, 1);
      }
    }
  }
  return spans;
}

}  // namespace vigie::analyse
