#include "backend/testing/onnx_file.h"

#include <string_view>

namespace cnnselect::test {
namespace {

/// A protocol buffer in the making. Field numbers are those of onnx.proto.
class Message {
 public:
  Message& number(unsigned field, std::int64_t value) {
    varint(field << 3U);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  Message& text(unsigned field, std::string_view value) {
    varint((field << 3U) | 2U);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  Message& message(unsigned field, const Message& inner) { return text(field, inner.bytes_); }
  const std::string& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) bytes_ += static_cast<char>((value & 0x7fU) | 0x80U);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

Message value_info(const OnnxValue& value) {
  Message shape;
  for (const std::int64_t dimension : value.shape) {
    shape.message(1, dimension < 0 ? Message().text(2, "free") : Message().number(1, dimension));
  }
  const Message tensor = Message().number(1, value.type).message(2, shape);
  return Message().text(1, value.name).message(2, Message().message(1, tensor));
}

Message attribute_proto(const OnnxAttribute& attribute) {
  constexpr int kInt = 2;
  constexpr int kInts = 7;
  Message proto;
  proto.text(1, attribute.name);
  if (const auto* const one = std::get_if<std::int64_t>(&attribute.value)) {
    return proto.number(20, kInt).number(3, *one);
  }
  proto.number(20, kInts);
  for (const std::int64_t value : std::get<1>(attribute.value)) proto.number(8, value);
  return proto;
}

Message node_proto(const OnnxNode& node) {
  Message proto;
  for (const std::string& input : node.inputs) proto.text(1, input);
  proto.text(2, node.output).text(4, node.op);
  for (const OnnxAttribute& attribute : node.attributes) {
    proto.message(5, attribute_proto(attribute));
  }
  return proto;
}

Message tensor_proto(const OnnxWeights& weights) {
  Message proto;
  for (const std::int64_t size : weights.shape) proto.number(1, size);
  if (!weights.file.empty()) {
    constexpr int kExternal = 1;
    const Message location = Message().text(1, "location").text(2, weights.file);
    return proto.number(2, kOnnxFloat)
        .text(8, weights.name)
        .message(13, location)
        .number(14, kExternal);
  }
  const auto* const bytes = reinterpret_cast<const char*>(weights.values.data());
  return proto.number(2, kOnnxFloat)
      .text(8, weights.name)
      .text(9, {bytes, weights.values.size() * sizeof(float)});
}

}  // namespace

std::string onnx_bytes(const OnnxGraph& graph) {
  Message body;
  for (const OnnxNode& node : graph.nodes) body.message(1, node_proto(node));
  body.text(2, "test");
  for (const OnnxWeights& weights : graph.weights) body.message(5, tensor_proto(weights));
  for (const OnnxValue& input : graph.inputs) body.message(11, value_info(input));
  for (const OnnxValue& output : graph.outputs) body.message(12, value_info(output));
  const Message opset = Message().text(1, "").number(2, 13);
  return Message().number(1, 7).message(7, body).message(8, opset).bytes();
}

OnnxGraph mean_classifier(OnnxValue input, std::vector<std::int64_t> axes,
                          std::vector<std::int64_t> output_shape, bool keep) {
  const std::string name = input.name;
  const bool is_float = input.type == kOnnxFloat;
  OnnxGraph graph;
  graph.inputs.push_back(std::move(input));
  if (!is_float) graph.nodes.push_back({"Cast", {name}, "floats", {{"to", kOnnxFloat}}});
  graph.nodes.push_back({"ReduceMean",
                         {is_float ? name : "floats"},
                         "scores",
                         {{"axes", std::move(axes)}, {"keepdims", keep ? 1 : 0}}});
  graph.outputs.push_back({"scores", kOnnxFloat, std::move(output_shape)});
  return graph;
}

}  // namespace cnnselect::test
