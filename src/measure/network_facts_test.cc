#include "measure/network_facts.h"

#include <gtest/gtest.h>

#include "backend/onnxruntime_backend.h"
#include "backend/testing/onnx_file.h"
#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

class FactsOfNetworks : public ::testing::Test {
 protected:
  Result<NetworkFacts> facts_of(const test::OnnxGraph& graph) {
    return network_facts("net", folder_.write("net.onnx", test::onnx_bytes(graph)), backend_);
  }

  TemporaryFolder folder_;
  OnnxRuntimeBackend backend_;
};

TEST_F(FactsOfNetworks, TheInputTellsSizeLayoutAndType) {
  const auto usual =
      facts_of(test::mean_classifier({"x", test::kOnnxFloat, {-1, 3, 8, 16}}, {2, 3}));
  ASSERT_TRUE(usual) << usual.error().message;
  EXPECT_EQ(usual->name, "net");
  EXPECT_EQ(usual->layout, Layout::kNchw);
  EXPECT_EQ(usual->size, (PixelSize{.height = 8, .width = 16}));
  EXPECT_EQ(usual->classes, 3U);
  EXPECT_EQ(usual->output, OutputKind::kLogits);
  EXPECT_EQ(usual->type, ElementType::kFp32);

  const auto turned =
      facts_of(test::mean_classifier({"x", test::kOnnxFloat, {-1, 8, 16, 3}}, {1, 2}));
  ASSERT_TRUE(turned) << turned.error().message;
  EXPECT_EQ(turned->layout, Layout::kNhwc);
  EXPECT_EQ(turned->size, (PixelSize{.height = 8, .width = 16}));

  const auto free =
      facts_of(test::mean_classifier({"x", test::kOnnxFloat, {-1, 3, -1, -1}}, {2, 3}));
  ASSERT_TRUE(free) << free.error().message;
  EXPECT_FALSE(free->size) << "any size";
}

TEST_F(FactsOfNetworks, ASoftmaxInsideIsSeenInItsScores) {
  auto graph = test::mean_classifier({"x", test::kOnnxFloat, {-1, 3, 8, 8}}, {2, 3});
  const std::string scores = graph.nodes.back().output;
  graph.nodes.push_back({.op = "Softmax",
                         .inputs = {scores},
                         .output = "p",
                         .attributes = {{"axis", std::int64_t{-1}}}});
  graph.outputs.front().name = "p";
  const auto facts = facts_of(graph);
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->output, OutputKind::kProbabilities);
}

TEST_F(FactsOfNetworks, WhatIsNoNetworkIsAnError) {
  const auto refused = network_facts("net", folder_.write("net.onnx", "no network"), backend_);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("not a usable ONNX model"), std::string::npos);
}

}  // namespace
}  // namespace cnnselect
