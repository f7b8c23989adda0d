// SPDX-License-Identifier: Apache-2.0
#include "transcribe/speech_detector.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <vector>

#include "transcribe/layer.hpp"
#include "transcribe/onnx_weights.hpp"

namespace vigie::transcribe {
namespace {

// The network's sizes. A frame is heard with the 64 samples before it and its own last 64 mirrored
// after it: 640 samples, four windows of 256 that begin 128 apart.
constexpr std::size_t context = 64;
constexpr std::size_t mirrored = 64;
constexpr std::size_t window = 256;
constexpr std::size_t hop = 128;
constexpr std::size_t windows = 4;
constexpr std::size_t bins = 129;
constexpr std::size_t waves_stride = 264;  // twice the bins, and the padding of a layer's panel
constexpr std::size_t taps = 3;
constexpr std::size_t wide = 128;   // channels after the first convolution
constexpr std::size_t narrow = 64;  // and after the second and third
constexpr std::size_t cells = 128;

float sigmoid(float x) {
  return 1.0F / (1.0F + std::exp(-x));
}

// The weight of a convolution is stored [out][in][tap]; its input rows lie one after another, so
// that depth index = tap · inputs + in reads them without copying.
template <std::size_t Rows>
Layer<Rows> convolution(const Tensor& weight, const Tensor* bias) {
  const auto outputs = weight.shape[0];
  const auto inputs = weight.shape[1];
  const auto length = weight.shape[2];
  return Layer<Rows>{inputs * length, outputs,
                     [&](std::size_t k, std::size_t out) {
                       return weight.values[(out * inputs + k % inputs) * length + k / inputs];
                     },
                     [&](std::size_t out) { return bias == nullptr ? 0.0F : bias->values[out]; }};
}

Layer<1> recurrent(const Tensor& of_input, const Tensor& of_state, const Tensor& bias_input,
                   const Tensor& bias_state) {
  return Layer<1>{2 * cells, 4 * cells,
                  [&](std::size_t k, std::size_t out) {
                    return k < cells ? of_input.values[out * cells + k]
                                     : of_state.values[out * cells + k - cells];
                  },
                  [&](std::size_t out) { return bias_input.values[out] + bias_state.values[out]; }};
}

using Shape = std::vector<std::size_t>;

// The file holds a network for 16 kHz and one for 8 kHz, whose tensors differ in what their names
// begin with. The spectrum's window tells which is which.
Result<std::string> prefix_of_16_khz(const Tensors& tensors) {
  constexpr std::string_view spectrum = "stft.forward_basis_buffer";
  for (const auto& [name, tensor] : tensors) {
    if (name.ends_with(spectrum) && tensor.shape == Shape{2 * bins, 1, window}) {
      return name.substr(0, name.size() - spectrum.size());
    }
  }
  return make_error(Errc::corrupt, "no network for 16 kHz in it");
}

// Tensors by their names without the prefix, each of the shape it must have.
Result<std::map<std::string_view, const Tensor*>> tensors_of_16_khz(const Tensors& tensors) {
  const auto prefix = prefix_of_16_khz(tensors);
  if (!prefix) {
    return prefix.error();
  }
  static const std::array<std::pair<std::string_view, Shape>, 15> expected{{
      {"stft.forward_basis_buffer", {2 * bins, 1, window}},
      {"encoder.0.reparam_conv.weight", {128, bins, taps}},
      {"encoder.0.reparam_conv.bias", {128}},
      {"encoder.1.reparam_conv.weight", {64, 128, taps}},
      {"encoder.1.reparam_conv.bias", {64}},
      {"encoder.2.reparam_conv.weight", {64, 64, taps}},
      {"encoder.2.reparam_conv.bias", {64}},
      {"encoder.3.reparam_conv.weight", {cells, 64, taps}},
      {"encoder.3.reparam_conv.bias", {cells}},
      {"decoder.rnn.weight_ih", {4 * cells, cells}},
      {"decoder.rnn.weight_hh", {4 * cells, cells}},
      {"decoder.rnn.bias_ih", {4 * cells}},
      {"decoder.rnn.bias_hh", {4 * cells}},
      {"decoder.decoder.2.weight", {1, cells, 1}},
      {"decoder.decoder.2.bias", {1}},
  }};
  std::map<std::string_view, const Tensor*> found;
  for (const auto& [name, shape] : expected) {
    const auto tensor = tensors.find(*prefix + std::string{name});
    if (tensor == tensors.end() || tensor->second.shape != shape) {
      return make_error(Errc::corrupt, "tensor {} is missing or of another shape", name);
    }
    found.emplace(name, &tensor->second);
  }
  return found;
}

}  // namespace

struct SileroWeights {
  Layer<windows> spectrum;
  Layer<4> first;
  Layer<2> second;
  Layer<1> third;
  Layer<1> fourth;
  Layer<1> gates;
  std::vector<float> last;
  float last_bias = 0;
};

namespace {

class SileroDetector final : public SpeechDetector {
 public:
  explicit SileroDetector(std::shared_ptr<const SileroWeights> weights)
      : weights_{std::move(weights)} {}

  float hear(std::span<const float> frame) override {
    // What was the end of the last frame is the context of this one.
    std::copy_n(sound_.begin() + samples_in_frame, context, sound_.begin());
    std::copy_n(frame.begin(), samples_in_frame, sound_.begin() + context);
    constexpr auto end = context + samples_in_frame;
    for (std::size_t i = 0; i < mirrored; ++i) {
      sound_[end + i] = sound_[end - 2 - i];
    }
    encode();
    remember();
    return judge();
  }

  void reset() override {
    sound_.fill(0);
    state_.fill(0);
    memory_.fill(0);
  }

 private:
  // A zero row before and after stands for the convolution's padding.
  template <std::size_t Rows, std::size_t Columns>
  using Padded = std::array<float, (Rows + 2) * Columns>;

  template <std::size_t Rows, std::size_t Columns>
  static void rectify(const std::array<float, Rows * Columns>& from, Padded<Rows, Columns>& to) {
    std::transform(from.begin(), from.end(), to.begin() + Columns,
                   [](float x) { return std::max(x, 0.0F); });
  }

  void encode() {
    std::array<float, windows * waves_stride> waves;
    weights_->spectrum.apply(sound_.data(), hop, waves.data());
    for (std::size_t row = 0; row < windows; ++row) {
      const float* wave = &waves[row * weights_->spectrum.stride()];
      for (std::size_t bin = 0; bin < bins; ++bin) {
        const float real = wave[bin];
        const float imaginary = wave[bin + bins];
        magnitudes_[(row + 1) * bins + bin] = std::sqrt(real * real + imaginary * imaginary);
      }
    }
    std::array<float, 4 * wide> first;
    weights_->first.apply(magnitudes_.data(), bins, first.data());
    rectify<4, wide>(first, first_);
    std::array<float, 2 * narrow> second;
    weights_->second.apply(first_.data(), 2 * wide, second.data());
    rectify<2, narrow>(second, second_);
    std::array<float, narrow> third;
    weights_->third.apply(second_.data(), 2 * narrow, third.data());
    rectify<1, narrow>(third, third_);
    std::array<float, cells> fourth;
    weights_->fourth.apply(third_.data(), narrow, fourth.data());
    std::transform(fourth.begin(), fourth.end(), state_.begin(),
                   [](float x) { return std::max(x, 0.0F); });
  }

  // One step of the LSTM: gates in PyTorch's order, input, forget, cell, output.
  void remember() {
    std::array<float, 4 * cells> gates;
    weights_->gates.apply(state_.data(), 0, gates.data());
    for (std::size_t i = 0; i < cells; ++i) {
      memory_[i] = sigmoid(gates[cells + i]) * memory_[i] +
                   sigmoid(gates[i]) * std::tanh(gates[2 * cells + i]);
      state_[cells + i] = sigmoid(gates[3 * cells + i]) * std::tanh(memory_[i]);
    }
  }

  float judge() const {
    float sum = weights_->last_bias;
    for (std::size_t i = 0; i < cells; ++i) {
      sum += std::max(state_[cells + i], 0.0F) * weights_->last[i];
    }
    return sigmoid(sum);
  }

  std::shared_ptr<const SileroWeights> weights_;  // shared: one copy for every live's detector
  std::array<float, context + samples_in_frame + mirrored> sound_{};
  Padded<windows, bins> magnitudes_{};
  Padded<4, wide> first_{};
  Padded<2, narrow> second_{};
  Padded<1, narrow> third_{};
  std::array<float, 2 * cells> state_{};  // what the encoder says, then what the LSTM said last
  std::array<float, cells> memory_{};
};

}  // namespace

Result<std::shared_ptr<const SileroWeights>> load_silero(const std::string& path) {
  const auto tensors = read_onnx_weights(path);
  if (!tensors) {
    auto error = tensors.error().during("loading the speech detector");
    if (error.code == Errc::not_found) {
      error.what += "; cure: make setup";
    }
    return error;
  }
  const auto found = tensors_of_16_khz(*tensors);
  if (!found) {
    return found.error().during("loading the speech detector from " + path);
  }
  const auto& of = *found;
  auto weights = std::make_shared<SileroWeights>();
  weights->spectrum = convolution<windows>(*of.at("stft.forward_basis_buffer"), nullptr);
  weights->first =
      convolution<4>(*of.at("encoder.0.reparam_conv.weight"), of.at("encoder.0.reparam_conv.bias"));
  weights->second =
      convolution<2>(*of.at("encoder.1.reparam_conv.weight"), of.at("encoder.1.reparam_conv.bias"));
  weights->third =
      convolution<1>(*of.at("encoder.2.reparam_conv.weight"), of.at("encoder.2.reparam_conv.bias"));
  weights->fourth =
      convolution<1>(*of.at("encoder.3.reparam_conv.weight"), of.at("encoder.3.reparam_conv.bias"));
  weights->gates = recurrent(*of.at("decoder.rnn.weight_ih"), *of.at("decoder.rnn.weight_hh"),
                             *of.at("decoder.rnn.bias_ih"), *of.at("decoder.rnn.bias_hh"));
  weights->last = of.at("decoder.decoder.2.weight")->values;
  weights->last_bias = of.at("decoder.decoder.2.bias")->values[0];
  return std::shared_ptr<const SileroWeights>{std::move(weights)};
}

std::unique_ptr<SpeechDetector> make_silero_detector(std::shared_ptr<const SileroWeights> weights) {
  return std::make_unique<SileroDetector>(std::move(weights));
}

DetectorFactory silero_detectors(std::shared_ptr<const SileroWeights> weights) {
  return [weights = std::move(weights)] { return make_silero_detector(weights); };
}

std::string silero_path(const std::string& models_folder) {
  return (std::filesystem::path{models_folder} / "silero" / "silero_vad.onnx").string();
}

}  // namespace vigie::transcribe
