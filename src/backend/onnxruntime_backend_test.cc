#include "backend/onnxruntime_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <numeric>
#include <thread>

#include "backend/testing/onnx_file.h"
#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using test::kOnnxFloat;
using test::kOnnxFloat16;
using test::kOnnxInt64;
using test::kOnnxUint8;
using test::mean_classifier;
using test::OnnxGraph;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using Shape = std::vector<std::int64_t>;

std::vector<float> floats_of(const Tensor& tensor) {
  std::vector<float> values(tensor.bytes.size() / sizeof(float));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

template <class Element>
Result<Tensor> run(LoadedModel& model, const Shape& shape, const std::vector<Element>& values,
                   const std::stop_token& stop = {}) {
  constexpr auto kType = sizeof(Element) == 4 ? ElementType::kFp32 : ElementType::kUint8;
  return model.run({kType, shape, std::as_bytes(std::span(values))}, stop);
}

class OnnxRuntime : public ::testing::Test {
 protected:
  Result<std::unique_ptr<LoadedModel>> load(const OnnxGraph& graph) {
    return backend_.load(folder_.write("model.onnx", test::onnx_bytes(graph)));
  }

  std::unique_ptr<LoadedModel> load_good(const OnnxGraph& graph) {
    auto model = load(graph);
    EXPECT_TRUE(model.has_value()) << model.error().message;
    return model ? std::move(*model) : nullptr;
  }

  void expect_refused(const OnnxGraph& graph, const char* words) {
    const auto model = load(graph);
    ASSERT_FALSE(model.has_value()) << words;
    EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(model.error().message, StartsWith((folder_.path() / "model.onnx").string()));
    EXPECT_THAT(model.error().message, HasSubstr(words));
  }

  TemporaryFolder folder_;
  OnnxRuntimeBackend backend_;
};

TEST_F(OnnxRuntime, SaysWhichVersionItIs) {
  EXPECT_THAT(backend_.description(), ::testing::MatchesRegex("onnxruntime [0-9.]+"));
}

TEST_F(OnnxRuntime, RunsAnNchwFloatModelWithFreeBatch) {
  const auto model = load_good(mean_classifier({"pixels", kOnnxFloat, {-1, 3, 2, 2}}, {2, 3}));
  EXPECT_EQ(model->input().name, "pixels");
  EXPECT_EQ(model->input().type, ElementType::kFp32);
  EXPECT_EQ(model->input().shape, (Shape{-1, 3, 2, 2}));
  EXPECT_EQ(model->output().name, "scores");
  EXPECT_EQ(model->output().shape, (Shape{-1, 3}));
  const auto one = run<float>(*model, {1, 3, 2, 2}, {1, 2, 3, 4, 5, 5, 5, 5, 0, 0, 0, 2});
  ASSERT_TRUE(one.has_value()) << one.error().message;
  EXPECT_EQ(one->shape, (Shape{1, 3}));
  EXPECT_EQ(floats_of(*one), (std::vector<float>{2.5F, 5, 0.5F}));
  std::vector<float> batch(24);
  std::iota(batch.begin(), batch.end(), 0.0F);
  const auto two = run<float>(*model, {2, 3, 2, 2}, batch);
  ASSERT_TRUE(two.has_value());
  EXPECT_EQ(two->shape, (Shape{2, 3}));
  EXPECT_EQ(floats_of(*two), (std::vector<float>{1.5F, 5.5F, 9.5F, 13.5F, 17.5F, 21.5F}));
}

TEST_F(OnnxRuntime, RunsAnNhwcByteModelWithFixedBatch) {
  const auto model =
      load_good(mean_classifier({"bytes", kOnnxUint8, {1, 1, 2, 3}}, {1, 2}, {1, 3}));
  EXPECT_EQ(model->input().type, ElementType::kUint8);
  const auto output = run<std::uint8_t>(*model, {1, 1, 2, 3}, {10, 20, 30, 20, 40, 255});
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_EQ(floats_of(*output), (std::vector<float>{15, 30, 142.5F}));
}

TEST_F(OnnxRuntime, TakesHalvesAndGivesFloats) {
  OnnxGraph graph = mean_classifier({"x", kOnnxFloat16, {-1, 3, 1, 2}}, {2, 3});
  graph.nodes.push_back({"Cast", {"scores"}, "halves", {{"to", kOnnxFloat16}}});
  graph.outputs = {{"halves", kOnnxFloat16, {-1, 3}}};
  const auto model = load_good(graph);
  EXPECT_EQ(model->input().type, ElementType::kFp16);
  EXPECT_EQ(model->output().type, ElementType::kFp32);
  const std::vector<_Float16> values{1, 2, 0.5F, 0.25F, -8, 6};
  const Shape shape{1, 3, 1, 2};
  const auto output = model->run({ElementType::kFp16, shape, std::as_bytes(std::span(values))}, {});
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_EQ(output->type, ElementType::kFp32);
  EXPECT_EQ(floats_of(*output), (std::vector<float>{1.5F, 0.375F, -1}));
}

TEST_F(OnnxRuntime, ANetworkOfAFixedBatchIsAskedAboutOneImage) {
  const auto model = load_good(mean_classifier({"x", kOnnxFloat, {4, 3, 1, 2}}, {2, 3}, {4, 3}));
  EXPECT_EQ(model->input().shape, (Shape{1, 3, 1, 2}));
  EXPECT_EQ(model->output().shape, (Shape{1, 3}));
  EXPECT_EQ(model->batch(), 4);
  const auto output = run<float>(*model, {1, 3, 1, 2}, {1, 2, 3, 4, 5, 6});
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_EQ(output->shape, (Shape{1, 3}));
  EXPECT_EQ(floats_of(*output), (std::vector<float>{1.5F, 3.5F, 5.5F}));
  EXPECT_FALSE(run<float>(*model, {4, 3, 1, 2}, std::vector<float>(24)).has_value());
}

TEST_F(OnnxRuntime, ABareRowOfClassesIsOneImages) {
  OnnxGraph graph = mean_classifier({"x", kOnnxFloat, {1, 3, 1, 2}}, {0, 2, 3}, {3});
  const auto model = load_good(graph);
  EXPECT_EQ(model->output().shape, (Shape{1, 3}));
  const auto output = run<float>(*model, {1, 3, 1, 2}, {1, 2, 3, 4, 5, 6});
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_EQ(output->shape, (Shape{1, 3}));
}

TEST_F(OnnxRuntime, RunsAGrayNetwork) {
  OnnxGraph graph = mean_classifier({"x", kOnnxFloat, {-1, 1, 1, 2}}, {2, 3}, {-1, 1});
  const auto model = load_good(graph);
  const auto output = run<float>(*model, {1, 1, 1, 2}, {1, 4});
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_EQ(floats_of(*output), (std::vector<float>{2.5F}));
}

// As another user: root may read everything.
TEST_F(OnnxRuntime, WhatMayNotBeReadIsNamedWithTheReason) {
  const std::filesystem::path file = folder_.write(
      "model.onnx", test::onnx_bytes(mean_classifier({"x", kOnnxFloat, {1, 3, 2, 2}}, {2, 3})));
  std::filesystem::permissions(file, std::filesystem::perms::none);
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  const uid_t user = geteuid();
  constexpr uid_t kNobody = 65534;
  ASSERT_EQ(user == 0 ? seteuid(kNobody) : 0, 0);
  const auto model = backend_.load(file);
  ASSERT_EQ(seteuid(user), 0);
  ASSERT_FALSE(model.has_value());
  EXPECT_EQ(model.error().message, file.string() + ": Permission denied");
}

TEST_F(OnnxRuntime, DropsTrailingOnesOfTheOutput) {
  const auto model = load_good(
      mean_classifier({"x", kOnnxFloat, {1, 3, 2, 2}}, {2, 3}, {1, 3, 1, 1}, /*keep=*/true));
  EXPECT_EQ(model->output().shape, (Shape{1, 3}));
  const auto output = run<float>(*model, {1, 3, 2, 2}, std::vector<float>(12, 7));
  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->shape, (Shape{1, 3}));
}

TEST_F(OnnxRuntime, RefusesWhatIsNoImageClassifier) {
  const OnnxGraph good = mean_classifier({"x", kOnnxFloat, {1, 3, 2, 2}}, {2, 3});
  OnnxGraph two_inputs = good;
  two_inputs.inputs.push_back({"y", kOnnxFloat, {1, 3, 2, 2}});
  two_inputs.nodes.push_back({"Add", {"x", "y"}, "sum"});
  two_inputs.outputs.push_back({"sum", kOnnxFloat, {1, 3, 2, 2}});
  expect_refused(two_inputs, "2 inputs");
  expect_refused(mean_classifier({"x", kOnnxFloat, {1, 3, 4}}, {2}, {1, 3}), "[1,3,4]");
  expect_refused(mean_classifier({"x", kOnnxFloat, {1, 4, 2, 2}}, {2, 3}, {1, 4}), "[1,4,2,2]");
  expect_refused(mean_classifier({"x", kOnnxFloat, {-1, 3, 2, 2}}, {3}, {-1, 3, 2}), "[-1,3,2]");
  expect_refused(mean_classifier({"x", kOnnxInt64, {1, 3, 2, 2}}, {2, 3}), "element type 7");
  OnnxGraph bytes_out = good;
  bytes_out.nodes.push_back({"Cast", {"scores"}, "bytes", {{"to", kOnnxUint8}}});
  bytes_out.outputs = {{"bytes", kOnnxUint8, {1, 3}}};
  expect_refused(bytes_out, "UINT8 [1,3]");
}

TEST_F(OnnxRuntime, NamesTheFileAndTheReasonWhenItCannotBeLoaded) {
  const std::string good =
      test::onnx_bytes(mean_classifier({"x", kOnnxFloat, {1, 3, 2, 2}}, {2, 3}));
  std::filesystem::create_directory(folder_.path() / "folder.onnx");
  folder_.write("empty.onnx", "");
  folder_.write("text.onnx", "this is a text and no protocol buffer at all");
  folder_.write("cut.onnx", std::string_view(good).substr(0, good.size() / 2));
  folder_.write("unknown.onnx", test::onnx_bytes({{{"x", kOnnxFloat, {1, 3, 2, 2}}},
                                                  {{"NoSuchOperator", {"x"}, "y"}},
                                                  {{"y", kOnnxFloat, {1, 3}}}}));
  std::string future = good;
  ASSERT_EQ(future[0], 8) << "the field of the IR version";
  future[1] = 99;
  folder_.write("future.onnx", future);
  const struct {
    const char* file;
    ErrorCode code;
    const char* words;
  } rows[] = {
      {"future.onnx", ErrorCode::kInvalidArgument, "export it with an older ir_version"},
      {"missing.onnx", ErrorCode::kNotFound, "no such file"},
      {"folder.onnx", ErrorCode::kInvalidArgument, "not a file"},
      {"empty.onnx", ErrorCode::kInvalidArgument, "empty"},
      {"text.onnx", ErrorCode::kInvalidArgument, "rotobuf"},
      {"cut.onnx", ErrorCode::kInvalidArgument, "rotobuf"},
      {"unknown.onnx", ErrorCode::kInvalidArgument, "NoSuchOperator"},
  };
  for (const auto& row : rows) {
    const auto file = folder_.path() / row.file;
    const auto model = backend_.load(file);
    ASSERT_FALSE(model.has_value()) << row.file;
    EXPECT_EQ(model.error().code, row.code) << model.error().message;
    EXPECT_THAT(model.error().message, StartsWith(file.string()));
    EXPECT_THAT(model.error().message, HasSubstr(row.words));
  }
}

TEST_F(OnnxRuntime, RefusesTensorsThatDoNotFit) {
  const auto model = load_good(mean_classifier({"x", kOnnxFloat, {-1, 3, 2, 2}}, {2, 3}));
  const auto wrong_size = run<float>(*model, {1, 3, 2, 1}, std::vector<float>(6));
  ASSERT_FALSE(wrong_size.has_value());
  EXPECT_EQ(wrong_size.error().code, ErrorCode::kInvalidArgument);
  const auto wrong_type = run<std::uint8_t>(*model, {1, 3, 2, 2}, std::vector<std::uint8_t>(12));
  EXPECT_EQ(wrong_type.error().code, ErrorCode::kInvalidArgument);
}

/// Sine after sine: slow on a large input, fast on a small one.
OnnxGraph slow_classifier(int steps) {
  OnnxGraph graph = mean_classifier({"x", kOnnxFloat, {1, 3, -1, -1}}, {2, 3});
  std::string last = "x";
  for (int i = 0; i < steps; ++i) {
    const std::string next = "sine" + std::to_string(i);
    graph.nodes.push_back({"Sin", {last}, next});
    last = next;
  }
  std::rotate(graph.nodes.begin(), graph.nodes.begin() + 1, graph.nodes.end());
  graph.nodes.back().inputs = {last};
  return graph;
}

TEST_F(OnnxRuntime, DoesNotStartAfterARequestToStop) {
  const auto model = load_good(slow_classifier(1));
  std::stop_source source;
  source.request_stop();
  const auto output = run<float>(*model, {1, 3, 1, 1}, {1, 2, 3}, source.get_token());
  ASSERT_FALSE(output.has_value());
  EXPECT_EQ(output.error().code, ErrorCode::kCancelled);
}

TEST_F(OnnxRuntime, StopsInTheMiddleOfARunAndStaysUsable) {
  const auto model = load_good(slow_classifier(2000));
  std::stop_source source;
  Result<Tensor> slow = fail(ErrorCode::kInternal, "not run");
  std::atomic<bool> started = false;
  std::jthread runner([&] {
    const std::vector<float> large(std::size_t{3} * 512 * 512, 1.0F);
    started = true;
    slow = run(*model, {1, 3, 512, 512}, large, source.get_token());
  });
  while (!started) std::this_thread::yield();
  // Quick runs of the same session meanwhile: the slow one is well under way after them.
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(run<float>(*model, {1, 3, 1, 1}, {1, 2, 3}, {}).has_value());
  }
  source.request_stop();
  runner.join();
  ASSERT_FALSE(slow.has_value());
  EXPECT_EQ(slow.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(run<float>(*model, {1, 3, 1, 1}, {1, 2, 3}, {}).has_value());
}

TEST_F(OnnxRuntime, OneModelServesSeveralThreads) {
  const auto model = load_good(mean_classifier({"x", kOnnxFloat, {1, 3, 8, 8}}, {2, 3}));
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        const std::vector<float> plain(192, static_cast<float>(t));
        for (int i = 0; i < 50; ++i) {
          const auto output = run(*model, {1, 3, 8, 8}, plain);
          if (!output || floats_of(*output) != std::vector<float>(3, static_cast<float>(t)))
            ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace cnnselect
