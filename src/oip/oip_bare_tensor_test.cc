#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "oip/oip_request.h"

namespace cnnselect {
namespace {

using ::testing::ElementsAreArray;

ModelInfo model_with(std::vector<TensorInfo> inputs) {
  return {"m", {"1"}, "onnxruntime_onnx", std::move(inputs), {}, true};
}

struct FitCase {
  const char* why;
  const char* datatype;
  std::vector<std::int64_t> wanted;
  std::size_t bytes;
  std::vector<std::int64_t> shape;
};

TEST(BareTensor, GetsAShapeThatFitsTheModel) {
  const FitCase cases[] = {
      {"a fixed shape", "FP32", {1, 3, 2, 2}, 48, {1, 3, 2, 2}},
      {"a free batch is one", "FP32", {-1, 3, 2, 2}, 48, {1, 3, 2, 2}},
      {"a second free dimension follows from the size", "UINT8", {-1, -1, 3}, 12, {1, 4, 3}},
      {"nothing in it", "FP32", {-1, -1}, 0, {1, 0}},
      {"a body longer than a short string", "FP64", {-1, 50}, 400, {1, 50}},
  };
  for (const FitCase& row : cases) {
    const auto request = parse_bare_tensor(std::string(row.bytes, 'b'),
                                           model_with({{"x", row.datatype, row.wanted}}), {});
    ASSERT_TRUE(request) << row.why << ": " << request.error().message;
    ASSERT_EQ(request->inputs.size(), 1U) << row.why;
    EXPECT_EQ(request->inputs[0].name, "x");
    EXPECT_EQ(request->inputs[0].datatype, row.datatype);
    EXPECT_THAT(request->inputs[0].shape, ElementsAreArray(row.shape)) << row.why;
    EXPECT_EQ(request->inputs[0].bytes.size(), row.bytes) << row.why;
    EXPECT_TRUE(request->binary_by_default);
  }
}

TEST(BareTensor, ABytesInputGetsTheBodyAsItsElement) {
  const auto request = parse_bare_tensor("photo", model_with({{"x", "BYTES", {-1}}}), {});
  ASSERT_TRUE(request);
  const auto bytes = request->inputs[0].bytes;
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
            std::string("\5\0\0\0photo", 9));
  EXPECT_THAT(request->inputs[0].shape, ElementsAreArray({1}));
}

struct MisfitCase {
  std::vector<TensorInfo> inputs;
  const char* message;
};

TEST(BareTensor, SaysWhyItDoesNotFit) {
  const std::string prefix = "a request without JSON does not fit model 'm': ";
  const MisfitCase cases[] = {
      {{}, "it has 0 inputs"},
      {{{"x", "FP32", {1}}, {"y", "FP32", {1}}}, "it has 2 inputs"},
      {{{"x", "FP32", {-1, -1, -1}}}, "input 'x' has several free dimensions, [-1,-1,-1]"},
      {{{"x", "FP32", {-1, 3}}},
       "unexpected size for input 'x': the body has 10 bytes, FP32 [-1,3] takes 12"},
      {{{"x", "FP32", {-1, 3, -1}}},
       "unexpected size for input 'x': the body has 10 bytes, FP32 [-1,3,-1] takes a multiple of "
       "12"},
      {{{"x", "FP32", {0, -1}}},
       "unexpected size for input 'x': the body has 10 bytes, FP32 [0,-1] takes a multiple of 0"},
      {{{"x", "BYTES", {-1, 2}}}, "input 'x' has shape [-1,2], the body is one BYTES element"},
  };
  for (const MisfitCase& row : cases) {
    const auto request = parse_bare_tensor("0123456789", model_with(row.inputs), {});
    ASSERT_FALSE(request) << row.message;
    EXPECT_EQ(request.error().message, prefix + row.message);
    EXPECT_EQ(request.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(BareTensor, KeepsTheHints) {
  RequestHints hints;
  hints.policy = "fastest";
  const auto request = parse_bare_tensor("1234", model_with({{"x", "FP32", {1}}}), hints);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->hints.policy, "fastest");
}

}  // namespace
}  // namespace cnnselect
