// SPDX-License-Identifier: Apache-2.0
#include "transcribe/onnx_weights.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>

namespace vigie::transcribe {
namespace {

constexpr std::size_t largest_file = 64U << 20U;
constexpr int deepest = 8;  // graphs within graphs

static_assert(std::endian::native == std::endian::little, "tensors are stored little-endian");

// Field numbers of onnx.proto.
namespace field {
constexpr std::uint64_t model_graph = 7;
constexpr std::uint64_t graph_node = 1;
constexpr std::uint64_t graph_initializer = 5;
constexpr std::uint64_t node_output = 2;
constexpr std::uint64_t node_attribute = 5;
constexpr std::uint64_t attribute_tensor = 5;
constexpr std::uint64_t attribute_graph = 6;
constexpr std::uint64_t tensor_dims = 1;
constexpr std::uint64_t tensor_type = 2;
constexpr std::uint64_t tensor_floats = 4;
constexpr std::uint64_t tensor_name = 8;
constexpr std::uint64_t tensor_raw = 9;
}  // namespace field
constexpr std::uint64_t type_float = 1;

// One field of a protobuf message: a number, or bytes.
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;
  std::string_view bytes;
};

class Message {
 public:
  explicit Message(std::string_view bytes) : bytes_{bytes} {}

  // Nothing at the end, or where the bytes make no sense: is_broken() tells which.
  std::optional<Field> next() {
    if (bytes_.empty()) {
      return std::nullopt;
    }
    const auto key = varint();
    Field field{.number = key >> 3U, .value = 0, .bytes = {}};
    switch (key & 7U) {
      case 0:
        field.value = varint();
        break;
      case 1:
        field.bytes = take(8);
        break;
      case 2:
        field.bytes = take(varint());
        break;
      case 5:
        field.bytes = take(4);
        break;
      default:
        is_broken_ = true;
    }
    return is_broken_ ? std::nullopt : std::optional{field};
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) {
        return value;
      }
    }
    is_broken_ = true;
    return 0;
  }

  bool is_empty() const { return bytes_.empty(); }
  bool is_broken() const { return is_broken_; }

 private:
  std::string_view take(std::uint64_t count) {
    if (is_broken_ || count > bytes_.size()) {
      is_broken_ = true;
      return {};
    }
    const auto taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  std::string_view bytes_;
  bool is_broken_ = false;
};

Error broken() {
  return make_error(Errc::corrupt, "not an ONNX file, or a damaged one");
}

void add_dimensions(const Field& dims, std::vector<std::size_t>& shape) {
  if (dims.bytes.empty()) {
    shape.push_back(dims.value);
    return;
  }
  for (Message packed{dims.bytes}; !packed.is_empty() && !packed.is_broken();) {
    shape.push_back(packed.varint());
  }
}

// Into tensors when it holds floats, by its own name or the one given.
Result<> read_tensor(std::string_view bytes, std::string_view name, Tensors& tensors) {
  Tensor tensor;
  std::string_view data;
  std::uint64_t type = 0;
  Message message{bytes};
  while (const auto part = message.next()) {
    if (part->number == field::tensor_dims) {
      add_dimensions(*part, tensor.shape);
    } else if (part->number == field::tensor_type) {
      type = part->value;
    } else if (part->number == field::tensor_raw || part->number == field::tensor_floats) {
      data = part->bytes;
    } else if (part->number == field::tensor_name && name.empty()) {
      name = part->bytes;
    }
  }
  if (message.is_broken()) {
    return broken();
  }
  if (type != type_float) {
    return {};
  }
  std::size_t size = 1;
  for (const auto dimension : tensor.shape) {
    size = dimension > largest_file ? largest_file + 1 : size * dimension;
    if (size > largest_file) {
      return make_error(Errc::corrupt, "tensor {}: too large", name);
    }
  }
  if (data.size() != size * sizeof(float)) {
    return make_error(Errc::corrupt, "tensor {}: its length and its shape disagree", name);
  }
  tensor.values.resize(size);
  if (size > 0) {
    std::memcpy(tensor.values.data(), data.data(), data.size());
  }
  tensors.insert_or_assign(std::string{name}, std::move(tensor));
  return {};
}

Result<> read_graph(std::string_view bytes, int depth, Tensors& tensors);

Result<> read_node(std::string_view bytes, int depth, Tensors& tensors) {
  std::string_view output;
  std::vector<std::string_view> attributes;
  Message node{bytes};
  while (const auto part = node.next()) {
    if (part->number == field::node_output && output.empty()) {
      output = part->bytes;
    } else if (part->number == field::node_attribute) {
      attributes.push_back(part->bytes);
    }
  }
  bool is_broken = node.is_broken();
  for (const auto attribute : attributes) {
    Message message{attribute};
    while (const auto part = message.next()) {
      Result<> read;
      if (part->number == field::attribute_tensor) {
        read = read_tensor(part->bytes, output, tensors);
      } else if (part->number == field::attribute_graph) {
        read = read_graph(part->bytes, depth + 1, tensors);
      }
      if (!read) {
        return read;
      }
    }
    is_broken = is_broken || message.is_broken();
  }
  return is_broken ? Result<>{broken()} : Result<>{};
}

Result<> read_graph(std::string_view bytes, int depth, Tensors& tensors) {
  if (depth > deepest) {
    return broken();
  }
  Message graph{bytes};
  while (const auto part = graph.next()) {
    Result<> read;
    if (part->number == field::graph_initializer) {
      read = read_tensor(part->bytes, {}, tensors);
    } else if (part->number == field::graph_node) {
      read = read_node(part->bytes, depth, tensors);
    }
    if (!read) {
      return read;
    }
  }
  return graph.is_broken() ? Result<>{broken()} : Result<>{};
}

}  // namespace

Result<Tensors> parse_onnx_weights(std::string_view bytes) {
  Tensors tensors;
  bool has_graph = false;
  Message model{bytes};
  while (const auto part = model.next()) {
    if (part->number == field::model_graph) {
      has_graph = true;
      if (const auto read = read_graph(part->bytes, 0, tensors); !read) {
        return read.error();
      }
    }
  }
  if (model.is_broken() || !has_graph) {
    return broken();
  }
  return tensors;
}

Result<Tensors> read_onnx_weights(const std::string& path) {
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
  auto tensors = parse_onnx_weights(bytes);
  if (!tensors) {
    return tensors.error().during("reading " + path);
  }
  return tensors;
}

}  // namespace vigie::transcribe
