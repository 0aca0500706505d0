#include "bench/residual_network.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <utility>

#include "backend/testing/onnx_file.h"

namespace cnnselect::bench {
namespace {

constexpr std::int64_t kClasses = 1'000;
constexpr std::int64_t kExpansion = 4;  // of a block's output over its inner width

class Builder {
 public:
  std::string relu(const std::string& input) { return node("Relu", {input}); }
  std::string add(const std::string& a, const std::string& b) { return node("Add", {a, b}); }

  std::string conv(const std::string& input, std::int64_t in, std::int64_t out, std::int64_t size,
                   std::int64_t stride) {
    const auto name = weights({out, in, size, size}, in * size * size);
    const auto bias = weights({out}, out);
    return node("Conv", {input, name, bias}, window(size, stride));
  }

  std::string max_pool(const std::string& input) { return node("MaxPool", {input}, window(3, 2)); }

  /// 1x1 down, 3x3, 1x1 up, around a way past them.
  std::string block(const std::string& input, std::int64_t in, std::int64_t width,
                    std::int64_t stride) {
    const std::int64_t out = width * kExpansion;
    const auto down = relu(conv(input, in, width, 1, 1));
    const auto middle = relu(conv(down, width, width, 3, stride));
    const auto up = conv(middle, width, out, 1, 1);
    const auto past = in == out && stride == 1 ? input : conv(input, in, out, 1, stride);
    return relu(add(up, past));
  }

  std::string file(const std::string& input, std::int64_t width) {
    const auto flat = node("Flatten", {node("GlobalAveragePool", {input})});
    const auto matrix = weights({kClasses, width}, width);
    const auto bias = weights({kClasses}, kClasses);
    graph_.nodes.push_back({"Gemm", {flat, matrix, bias}, "logits", {{"transB", 1}}});
    graph_.inputs.push_back({"image", test::kOnnxFloat, {1, 3, 224, 224}});
    graph_.outputs.push_back({"logits", test::kOnnxFloat, {1, kClasses}});
    return test::onnx_bytes(graph_);
  }

 private:
  static std::vector<test::OnnxAttribute> window(std::int64_t size, std::int64_t stride) {
    const std::int64_t pad = size / 2;
    return {{"kernel_shape", std::vector{size, size}},
            {"strides", std::vector{stride, stride}},
            {"pads", std::vector{pad, pad, pad, pad}}};
  }

  std::string node(const char* op, std::vector<std::string> inputs,
                   std::vector<test::OnnxAttribute> attributes = {}) {
    auto name = fmt::format("v{}", graph_.nodes.size());
    graph_.nodes.push_back({op, std::move(inputs), name, std::move(attributes)});
    return name;
  }

  /// Small enough that activations neither vanish nor grow without bound.
  std::string weights(std::vector<std::int64_t> shape, std::int64_t fan_in) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) count *= size;
    const auto limit = static_cast<float>(std::sqrt(3.0 / static_cast<double>(fan_in)));
    std::uniform_real_distribution<float> law(-limit, limit);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = law(numbers_);
    auto name = fmt::format("w{}", graph_.weights.size());
    graph_.weights.push_back({name, std::move(shape), std::move(values)});
    return name;
  }

  test::OnnxGraph graph_;
  std::minstd_rand numbers_{1};
};

}  // namespace

std::string residual_network() {
  constexpr std::pair<std::int64_t, int> kStages[] = {{64, 3}, {128, 4}, {256, 6}, {512, 3}};
  Builder builder;
  std::string last = builder.max_pool(builder.relu(builder.conv("image", 3, 64, 7, 2)));
  std::int64_t channels = 64;
  for (const auto& [width, blocks] : kStages) {
    for (int i = 0; i < blocks; ++i) {
      last = builder.block(last, channels, width, i == 0 && width > 64 ? 2 : 1);
      channels = width * kExpansion;
    }
  }
  return builder.file(last, channels);
}

}  // namespace cnnselect::bench
