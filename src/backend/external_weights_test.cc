#include "backend/external_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "backend/testing/onnx_file.h"
#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A network that multiplies by weights which lie in `file`.
std::string scaled_by(const std::string& file) {
  test::OnnxGraph graph = test::mean_classifier({"input", test::kOnnxFloat, {-1, 3, 1, 1}}, {2, 3});
  graph.weights.push_back({.name = "w", .shape = {3}, .values = {}, .file = file});
  return test::onnx_bytes(graph);
}

TEST(ExternalWeights, AreTheFilesThatTheModelNames) {
  const TemporaryFolder folder;
  const auto model = folder.write("m/model.onnx", scaled_by("weights.bin"));
  ExternalWeights weights;
  EXPECT_THAT(weights.of(model), ElementsAre(folder.path() / "m" / "weights.bin"));
  folder.write("m/model.onnx", scaled_by("parts/" + std::string(200, 'w')));
  EXPECT_THAT(weights.of(model), ElementsAre(folder.path() / "m" / "parts" / std::string(200, 'w')))
      << "it has changed";
  folder.write("m/model.onnx", test::onnx_bytes(test::mean_classifier(
                                   {"input", test::kOnnxFloat, {-1, 3, 1, 1}}, {2, 3})));
  EXPECT_THAT(weights.of(model), IsEmpty());
}

TEST(ExternalWeights, WhatIsNoModelHasNone) {
  const TemporaryFolder folder;
  ExternalWeights weights;
  EXPECT_THAT(weights.of(folder.path() / "gone"), IsEmpty());
  for (const std::string end : {"", "\x05wei", "\xff\xff\xff\xff", "\xff\xff\x7f", "\x80"}) {
    const auto file = folder.write("broken", "\x0a\x08location\x12" + end);
    EXPECT_THAT(weights.of(file), IsEmpty()) << testing::PrintToString(end);
  }
}

}  // namespace
}  // namespace cnnselect
