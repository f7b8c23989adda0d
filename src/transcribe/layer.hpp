// SPDX-License-Identifier: Apache-2.0
// out = in · weights + bias for a few rows at once, the one kernel of the speech detector. Weights
// lie in panels as wide as what the registers hold, so that the compiler's plain SSE is enough.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace vigie::transcribe {

template <std::size_t Rows>
class Layer {
 public:
  Layer() = default;

  // weight(depth index, column) and bias(column) say what goes where.
  template <class Weight, class Bias>
  Layer(std::size_t depth, std::size_t columns, Weight weight, Bias bias)
      : depth_{depth}, panels_{(columns + width - 1) / width} {
    weights_.resize(panels_ * width * depth);
    biases_.resize(panels_ * width);
    for (std::size_t column = 0; column < columns; ++column) {
      biases_[column] = bias(column);
      const auto panel = column / width * width * depth;
      for (std::size_t k = 0; k < depth; ++k) {
        weights_[panel + k * width + column % width] = weight(k, column);
      }
    }
  }

  // Columns in out, padding included.
  std::size_t stride() const { return panels_ * width; }

  // in: rows that begin in_stride apart, each of the depth given; out: rows × stride().
  void apply(const float* in, std::size_t in_stride, float* out) const {
    for (std::size_t panel = 0; panel < panels_; ++panel) {
      std::array<std::array<float, width>, Rows> sums;
      for (auto& sum : sums) {
        std::copy_n(&biases_[panel * width], width, sum.begin());
      }
      const float* weight = &weights_[panel * width * depth_];
      for (std::size_t k = 0; k < depth_; ++k, weight += width) {
        for (std::size_t row = 0; row < Rows; ++row) {
          const float value = in[row * in_stride + k];
          for (std::size_t column = 0; column < width; ++column) {
            sums[row][column] += value * weight[column];
          }
        }
      }
      for (std::size_t row = 0; row < Rows; ++row) {
        std::copy_n(sums[row].begin(), width, out + row * stride() + panel * width);
      }
    }
  }

 private:
  // Eight SSE registers of sums, whatever the number of rows.
  static constexpr std::size_t width = 32 / Rows;

  std::size_t depth_ = 0;
  std::size_t panels_ = 0;
  std::vector<float> weights_;
  std::vector<float> biases_;
};

}  // namespace vigie::transcribe
