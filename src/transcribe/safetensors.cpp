// SPDX-License-Identifier: Apache-2.0
#include "transcribe/safetensors.hpp"

#include <bit>
#include <boost/json/array.hpp>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/json.hpp"

namespace vigie::transcribe {
namespace {

constexpr std::size_t largest_file = 64U << 20U;
constexpr std::size_t length_bytes = 8;

static_assert(std::endian::native == std::endian::little, "tensors are stored little-endian");

Result<std::vector<std::size_t>> counts(const json::value* value, std::string_view name) {
  std::vector<std::size_t> numbers;
  const auto* array = value == nullptr ? nullptr : value->if_array();
  if (array == nullptr) {
    return make_error(Errc::corrupt, "tensor {}: a list of numbers is missing", name);
  }
  for (const auto& item : *array) {
    const auto* number = item.if_int64();
    if (number == nullptr || *number < 0 || *number > std::int64_t{largest_file}) {
      return make_error(Errc::corrupt, "tensor {}: a number out of bounds", name);
    }
    numbers.push_back(static_cast<std::size_t>(*number));
  }
  return numbers;
}

Result<Tensor> read_tensor(std::string_view name, const json::value& entry, std::string_view data) {
  const auto* type = entry.is_object() ? entry.get_object().if_contains("dtype") : nullptr;
  if (type == nullptr || !type->is_string() || type->get_string() != "F32") {
    return make_error(Errc::corrupt, "tensor {}: not of 32-bit floats", name);
  }
  auto shape = counts(entry.get_object().if_contains("shape"), name);
  if (!shape) {
    return shape.error();
  }
  const auto offsets = counts(entry.get_object().if_contains("data_offsets"), name);
  if (!offsets) {
    return offsets.error();
  }
  std::size_t size = 1;
  for (const auto dimension : *shape) {
    size *= dimension;
    if (size > largest_file) {
      return make_error(Errc::corrupt, "tensor {}: too large", name);
    }
  }
  if (offsets->size() != 2 || offsets->at(0) > offsets->at(1) || offsets->at(1) > data.size() ||
      offsets->at(1) - offsets->at(0) != size * sizeof(float)) {
    return make_error(Errc::corrupt, "tensor {}: its place and its shape disagree", name);
  }
  Tensor tensor{.shape = std::move(*shape), .values = std::vector<float>(size)};
  std::memcpy(tensor.values.data(), data.data() + offsets->at(0), size * sizeof(float));
  return tensor;
}

}  // namespace

Result<Tensors> parse_safetensors(std::string_view bytes) {
  std::uint64_t header_bytes = 0;
  if (bytes.size() < length_bytes) {
    return make_error(Errc::corrupt, "not a safetensors file: {} bytes", bytes.size());
  }
  std::memcpy(&header_bytes, bytes.data(), length_bytes);
  bytes.remove_prefix(length_bytes);
  if (header_bytes > bytes.size()) {
    return make_error(Errc::corrupt, "not a safetensors file: its header ends after the file");
  }
  const auto header = parse_json(bytes.substr(0, header_bytes));
  if (!header) {
    return header.error().during("reading the header of a safetensors file");
  }
  if (!header->is_object()) {
    return make_error(Errc::corrupt, "not a safetensors file: its header is no object");
  }
  const auto data = bytes.substr(header_bytes);
  Tensors tensors;
  for (const auto& [key, entry] : header->get_object()) {
    const std::string_view name{key.data(), key.size()};
    if (name == "__metadata__") {
      continue;
    }
    auto tensor = read_tensor(name, entry, data);
    if (!tensor) {
      return tensor.error();
    }
    tensors.emplace(name, std::move(*tensor));
  }
  return tensors;
}

Result<Tensors> read_safetensors(const std::string& path) {
  std::ifstream file{path, std::ios::binary | std::ios::ate};
  if (!file) {
    return make_error(Errc::not_found, "{} is not there or cannot be read", path);
  }
  const auto size = static_cast<std::int64_t>(file.tellg());
  if (size < 0 || size > std::int64_t{largest_file}) {
    return make_error(Errc::corrupt, "{}: too large for what it should be", path);
  }
  std::string bytes(static_cast<std::size_t>(size), '\0');
  file.seekg(0);
  if (!file.read(bytes.data(), size)) {
    return make_error(Errc::corrupt, "{}: cannot be read to its end", path);
  }
  auto tensors = parse_safetensors(bytes);
  if (!tensors) {
    return tensors.error().during("reading " + path);
  }
  return tensors;
}

}  // namespace vigie::transcribe
