// SPDX-License-Identifier: Apache-2.0
// The trained weights, and the score they give to every span of a window. The weights are made by
// tools/train-analyser; data/CARD.md says from what.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "analyse/embedded/features.hpp"
#include "analyse/embedded/spans.hpp"
#include "base/result.hpp"

namespace vigie::analyse {

// The span that speaks most of hatred, and its log-odds.
struct ScoredSpan {
  TokenSpan span{0, 0};
  double logit = 0;
};

class Model {
 public:
  // bytes: a file of tools/train-analyser; they must outlive the model. Errc::corrupt otherwise.
  static Result<Model> open(std::string_view bytes);

  double weight(std::uint32_t index) const { return scale_ * weights_[index]; }
  double bias(std::size_t state) const { return biases_[state]; }

  // The highest of the spans; the first of equals. spans is not empty unless tokens is.
  ScoredSpan strongest(const std::vector<Token>& tokens, const std::vector<Word>& words,
                       std::vector<TokenSpan> spans) const;

 private:
  Model(const signed char* weights, double scale, std::array<double, states> biases)
      : weights_{weights}, scale_{scale}, biases_{biases} {}

  const signed char* weights_;
  double scale_;
  std::array<double, states> biases_;  // by what the span names
};

// What a span's sum of weights is divided by, so that long spans do not weigh more.
double span_norm(std::size_t features);

}  // namespace vigie::analyse
