// SPDX-License-Identifier: Apache-2.0
// Reads a small safetensors file (github.com/huggingface/safetensors): named tensors of floats.
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

// bytes: the whole file. Errc::corrupt, saying what is wrong, unless every tensor is F32, lies inside
// the file and is as long as its shape says.
Result<Tensors> parse_safetensors(std::string_view bytes);

// Errc::not_found when there is no such file, Errc::corrupt beyond 64 MB.
Result<Tensors> read_safetensors(const std::string& path);

}  // namespace vigie::transcribe
