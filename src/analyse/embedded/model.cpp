// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/model.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace vigie::analyse {
namespace {

// Keeps a span of two words from weighing as much as a sentence.
constexpr double smoothing = 20;

constexpr std::string_view magic = "VIGIE-A1";
constexpr std::size_t header = 8 + (1 + states) * sizeof(double);

static_assert(std::endian::native == std::endian::little, "the file of weights is little-endian");

double read_double(std::string_view bytes, std::size_t at) {
  double value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// For each token of a stretch, the weights of the features that begin there and reach at most d
// tokens further: what overlapping spans share is read once.
class Sums {
 public:
  static constexpr std::size_t reach = FeatureReader::longest_reach;
  static constexpr std::size_t stretch = 1024;  // tokens a span may begin at

  Sums(const Model& model, const std::vector<Token>& tokens, const std::vector<Word>& words)
      : model_{model}, reader_{tokens, words}, size_{tokens.size()} {}

  // The spans must come by their first token.
  double logit(TokenSpan span, std::size_t state) {
    if (rows_.empty() || span.first >= begin_ + stretch) {
      read(span.first);
    }
    double sum = 0;
    std::size_t count = 0;
    for (auto i = span.first; i <= span.last; ++i) {
      const auto distance = std::min(span.last - i, reach - 1);
      const auto& row = rows_[i - begin_];
      sum += row.shared[distance] + row.given[state][distance];
      count += row.count[distance];
    }
    return model_.bias(state) + sum / span_norm(count);
  }

 private:
  struct Row {
    std::array<float, reach> shared{};
    std::array<std::array<float, reach>, states> given{};
    std::array<std::uint16_t, reach> count{};
  };

  void read(std::size_t begin) {
    begin_ = begin;
    rows_.assign(std::min(stretch + longest_span, size_ - begin), Row{});
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      features_.clear();
      reader_.read(begin + i, features_);
      for (const auto& feature : features_) {
        add(rows_[i], feature, static_cast<float>(model_.weight(feature.index)));
      }
      accumulate(rows_[i]);
    }
  }

  static void add(Row& row, const Feature& feature, float weight) {
    const auto distance = feature.last - feature.first;
    if (feature.state == every_state) {
      row.shared[distance] += weight;
      ++row.count[distance];
      return;
    }
    row.given[feature.state][distance] += weight;
    if (feature.state == 0) {
      ++row.count[distance];  // one of its states always holds
    }
  }

  static void accumulate(Row& row) {
    for (std::size_t d = 1; d < reach; ++d) {
      row.shared[d] += row.shared[d - 1];
      row.count[d] = static_cast<std::uint16_t>(row.count[d] + row.count[d - 1]);
      for (auto& given : row.given) {
        given[d] += given[d - 1];
      }
    }
  }

  const Model& model_;
  FeatureReader reader_;
  std::size_t size_;
  std::size_t begin_ = 0;
  std::vector<Row> rows_;
  std::vector<Feature> features_;
};

}  // namespace

double span_norm(std::size_t features) {
  return std::sqrt(static_cast<double>(features) + smoothing);
}

Result<Model> Model::open(std::string_view bytes) {
  if (bytes.size() != header + feature_count || !bytes.starts_with(magic)) {
    return make_error(Errc::corrupt, "the analyser's weights are not {} bytes that begin with {}",
                      header + feature_count, magic);
  }
  std::array<double, states> biases{};
  for (std::size_t state = 0; state < states; ++state) {
    biases[state] = read_double(bytes, 16 + state * sizeof(double));
  }
  return Model{reinterpret_cast<const signed char*>(bytes.data() + header), read_double(bytes, 8),
               biases};
}

ScoredSpan Model::strongest(const std::vector<Token>& tokens, const std::vector<Word>& words,
                            std::vector<TokenSpan> spans) const {
  std::ranges::sort(spans, [](TokenSpan a, TokenSpan b) {
    return a.first != b.first ? a.first < b.first : a.last > b.last;
  });
  Sums sums{*this, tokens, words};
  ScoredSpan best;
  bool is_first = true;
  for (const auto span : spans) {
    const auto logit = sums.logit(span, state_of(words, span.first, span.last));
    if (is_first || logit > best.logit) {
      best = ScoredSpan{span, logit};
      is_first = false;
    }
  }
  return best;
}

}  // namespace vigie::analyse
