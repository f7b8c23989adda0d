// SPDX-License-Identifier: Apache-2.0
// Reads the numbers out of an ONNX file (github.com/onnx/onnx, onnx.proto): its initialisers and
// constants of 32-bit floats, by name. The network itself is not read.
#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vigie::transcribe {

struct Tensor {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

using Tensors = std::map<std::string, Tensor, std::less<>>;

// bytes: the whole file. Errc::corrupt when it is no ONNX file or a tensor is not as long as its
// shape says.
Result<Tensors> parse_onnx_weights(std::string_view bytes);

// Errc::not_found when there is no such file, Errc::corrupt beyond 64 MB.
Result<Tensors> read_onnx_weights(const std::string& path);

}  // namespace vigie::transcribe
