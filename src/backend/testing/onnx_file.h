// Writes ONNX files for tests and benchmarks: the few fields of the format (protocol buffers) that
// a convolutional network needs. Nothing is copied in, nothing is trained.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace cnnselect::test {

constexpr int kOnnxFloat = 1;
constexpr int kOnnxUint8 = 2;
constexpr int kOnnxInt64 = 7;
constexpr int kOnnxFloat16 = 10;

/// An input or output of the graph; a dimension of -1 is free.
struct OnnxValue {
  std::string name;
  int type = kOnnxFloat;
  std::vector<std::int64_t> shape;
};

struct OnnxAttribute {
  std::string name;
  std::variant<std::int64_t, std::vector<std::int64_t>> value;
};

/// One operator.
struct OnnxNode {
  std::string op;
  std::vector<std::string> inputs;
  std::string output;
  std::vector<OnnxAttribute> attributes;
};

/// A constant of the graph, float32.
struct OnnxWeights {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
  std::string file = {};  ///< where the values lie instead, beside the model's; empty: in it
};

struct OnnxGraph {
  std::vector<OnnxValue> inputs;
  std::vector<OnnxNode> nodes;
  std::vector<OnnxValue> outputs;
  std::vector<OnnxWeights> weights;
};

/// The file's bytes: opset 13, IR version 7.
std::string onnx_bytes(const OnnxGraph& graph);

/// The mean of each channel: a classifier with three classes. `output_shape` is what it states;
/// with `keep` the averaged dimensions stay as ones.
OnnxGraph mean_classifier(OnnxValue input, std::vector<std::int64_t> axes,
                          std::vector<std::int64_t> output_shape = {-1, 3}, bool keep = false);

}  // namespace cnnselect::test
