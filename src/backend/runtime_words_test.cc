#include "backend/runtime_words.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(RuntimeWords, LeaveOutThePlaceInTheSource) {
  EXPECT_EQ(runtime_words("Load model from m.onnx failed:/src/core/graph/model.cc:192 "
                          "onnxruntime::Model::Model(onnx::ModelProto&&, const PathString&) "
                          "Unsupported model IR version: 14, max supported IR version: 13\n"),
            "Load model from m.onnx failed: Unsupported model IR version: 14, max supported IR "
            "version: 13; export it with an older ir_version");
  EXPECT_EQ(runtime_words("/src/session.cc:7 void f() no room"), "no room");
}

TEST(RuntimeWords, LeaveWhatHasNoPlaceAsItIs) {
  EXPECT_EQ(runtime_words("Protobuf parsing failed."), "Protobuf parsing failed.");
  EXPECT_EQ(runtime_words("cut off at model.cc:19"), "cut off at model.cc:19");
  EXPECT_EQ(runtime_words(""), "");
}

}  // namespace
}  // namespace cnnselect
