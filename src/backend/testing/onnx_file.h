// Writes small ONNX files for tests: the few fields of the format (protocol buffers) that a chain
// of operators needs. Nothing is copied in, nothing is trained.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cnnselect::test {

constexpr int kOnnxFloat = 1;
constexpr int kOnnxUint8 = 2;
constexpr int kOnnxInt64 = 7;

/// An input or output of the graph; a dimension of -1 is free.
struct OnnxValue {
  std::string name;
  int type = kOnnxFloat;
  std::vector<std::int64_t> shape;
};

/// One operator. `ints` and `one_int` are its attributes, when their names are not empty.
struct OnnxNode {
  std::string op;
  std::vector<std::string> inputs;
  std::string output;
  std::string ints_name;
  std::vector<std::int64_t> ints;
  std::string int_name;
  std::int64_t one_int = 0;
};

struct OnnxGraph {
  std::vector<OnnxValue> inputs;
  std::vector<OnnxNode> nodes;
  std::vector<OnnxValue> outputs;
};

/// The file's bytes: opset 13, IR version 7.
std::string onnx_bytes(const OnnxGraph& graph);

/// The mean of each channel: a classifier with three classes. `output_shape` is what it states;
/// with `keep` the averaged dimensions stay as ones.
OnnxGraph mean_classifier(OnnxValue input, std::vector<std::int64_t> axes,
                          std::vector<std::int64_t> output_shape = {-1, 3}, bool keep = false);

}  // namespace cnnselect::test
