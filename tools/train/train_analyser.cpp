// SPDX-License-Identifier: Apache-2.0
// Fits the embedded analyser's weights: vigie-train-analyser SENTENCES.tsv WEIGHTS.bin; with
// --score before, prints what such weights make of the sentences. A line is
// "label<TAB>family<TAB>text". The same sentences give the same bytes on every machine: one thread,
// a fixed order, and only operations IEEE 754 defines to the bit (no libm).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "analyse/embedded/features.hpp"
#include "analyse/embedded/lexicon.hpp"
#include "analyse/embedded/model.hpp"
#include "analyse/embedded/scene.hpp"
#include "analyse/embedded/tokens.hpp"

namespace vigie::analyse {
namespace {

constexpr int epochs = 6;
constexpr double rate = 0.2;
constexpr double decay = 1e-4;  // of a weight, each time it is touched
constexpr double largest_kept = 127.0;

struct Example {
  std::vector<std::uint32_t> features;
  double label = 0;
  double value = 0;  // of each feature
  std::size_t state = 0;
};

// e^x by halving and a series: the C library's differs in its last bit from one processor to
// another.
double exponential(double x) {
  constexpr int halvings = 10;
  const double small = x / 1024.0;
  double term = 1;
  double sum = 1;
  for (int i = 1; i <= 12; ++i) {
    term = term * small / i;
    sum += term;
  }
  for (int i = 0; i < halvings; ++i) {
    sum *= sum;
  }
  return sum;
}

double logistic(double x) {
  const double bounded = std::min(30.0, std::max(-30.0, x));
  return 1.0 / (1.0 + exponential(-bounded));
}

Example read_example(const std::string& line) {
  const auto first = line.find('\t');
  const auto second = line.find('\t', first + 1);
  Example example;
  example.label = line[0] == '1' ? 1 : 0;
  const auto tokens = tokenise(std::string_view{line}.substr(second + 1));
  const auto matches = match_terms(tokens);
  const Scene scene{tokens, matches};
  const auto words = words_of(tokens, matches, scene);
  const FeatureReader reader{tokens, words};
  std::vector<Feature> features;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    reader.read(i, features);
  }
  const auto state = words.empty() ? 0 : state_of(words, 0, words.size() - 1);
  example.state = state;
  for (const auto& feature : features) {
    if (feature.state == every_state || feature.state == state) {
      example.features.push_back(feature.index);
    }
  }
  example.value = 1.0 / span_norm(example.features.size());
  return example;
}

class Fit {
 public:
  Fit() : weights_(feature_count, 0), squares_(feature_count, 0.01) {}

  double logit(const Example& example) const {
    double sum = 0;
    for (const auto index : example.features) {
      sum += weights_[index];
    }
    return biases_[example.state] + sum * example.value;
  }

  void learn(const Example& example) {
    const double error = logistic(logit(example)) - example.label;
    const double step = error * example.value;
    for (const auto index : example.features) {
      squares_[index] += step * step;
      weights_[index] -= rate * step / std::sqrt(squares_[index]) + decay * weights_[index];
    }
    biases_[example.state] -= 0.003 * error;
  }

  void write(const std::string& path) const {
    std::vector<double> sizes;
    for (const auto weight : weights_) {
      if (weight != 0) {
        sizes.push_back(std::fabs(weight));
      }
    }
    std::ranges::sort(sizes);
    const double largest = sizes.empty() ? 1 : sizes[sizes.size() - 1 - sizes.size() / 2000];
    const double scale = largest / largest_kept;
    std::string bytes = "VIGIE-A1";
    bytes.append(reinterpret_cast<const char*>(&scale), sizeof scale);
    bytes.append(reinterpret_cast<const char*>(biases_.data()), sizeof biases_);
    for (const auto weight : weights_) {
      const double level = std::floor(weight / scale + 0.5);
      bytes += static_cast<char>(static_cast<signed char>(std::clamp(level, -127.0, 127.0)));
    }
    std::ofstream{path, std::ios::binary}.write(bytes.data(),
                                                static_cast<std::streamsize>(bytes.size()));
  }

 private:
  std::vector<double> weights_;
  std::vector<double> squares_;
  std::array<double, states> biases_{};
};

void shuffle(std::vector<Example>& examples, std::uint64_t seed) {
  for (std::size_t i = examples.size(); i > 1; --i) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    std::swap(examples[i - 1], examples[(seed >> 33U) % i]);
  }
}

std::vector<Example> read_examples(const char* path) {
  std::ifstream in{path};
  std::vector<Example> examples;
  for (std::string line; std::getline(in, line);) {
    examples.push_back(read_example(line));
  }
  return examples;
}

int train(const char* sentences, const char* weights) {
  auto examples = read_examples(sentences);
  if (examples.empty()) {
    fmt::print(stderr, "vigie-train-analyser: {} holds no sentence\n", sentences);
    return 1;
  }
  Fit fit;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    shuffle(examples, static_cast<std::uint64_t>(epoch) + 1);
    for (const auto& example : examples) {
      fit.learn(example);
    }
  }
  fit.write(weights);
  fmt::print("{} sentences\n", examples.size());
  return 0;
}

int score(const char* sentences, const char* weights) {
  std::ifstream in{weights, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  const auto model = Model::open(bytes);
  if (!model) {
    fmt::print(stderr, "vigie-train-analyser: {}\n", model.error().what);
    return 1;
  }
  for (const auto& example : read_examples(sentences)) {
    double sum = 0;
    for (const auto index : example.features) {
      sum += model->weight(index);
    }
    fmt::print("{:.4f}\n", model->bias(example.state) + sum * example.value);
  }
  return 0;
}

}  // namespace
}  // namespace vigie::analyse

int main(int count, char** arguments) {
  if (count == 3) {
    return vigie::analyse::train(arguments[1], arguments[2]);
  }
  if (count == 4 && std::string_view{arguments[1]} == "--score") {
    return vigie::analyse::score(arguments[2], arguments[3]);
  }
  fmt::print(stderr, "usage: vigie-train-analyser [--score] SENTENCES.tsv WEIGHTS.bin\n");
  return 64;
}
