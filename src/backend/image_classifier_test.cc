#include "backend/image_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/timed_backend.h"
#include "base/clock.h"
#include "base/shape_text.h"

namespace cnnselect {
namespace {

using ::testing::HasSubstr;
using Shape = std::vector<std::int64_t>;

TEST(CheckClassifier, TakesImageInputsAndScoreOutputsOnly) {
  const struct {
    const char* what;
    Shape input;
    Shape output;
    bool good;
  } rows[] = {
      {"NCHW, free batch", {-1, 3, 224, 224}, {-1, 1000}, true},
      {"NHWC, fixed batch", {1, 96, 96, 3}, {1, 100}, true},
      {"free size", {-1, 3, -1, -1}, {-1, -1}, true},
      {"gray", {1, 1, 28, 28}, {1, 10}, true},
      {"gray, NHWC", {-1, 28, 28, 1}, {-1, 10}, true},
      {"nothing is fixed", {-1, -1, -1, -1}, {-1, -1}, true},
      {"a fixed batch", {8, 3, 224, 224}, {8, 1000}, true},
      {"a fixed batch and one row", {8, 3, 224, 224}, {1, 1000}, false},
      {"four channels", {1, 4, 28, 28}, {1, 10}, false},
      {"no batch", {3, 224, 224}, {1, 1000}, false},
      {"a detector's boxes", {1, 3, 224, 224}, {1, 8400, 84}, false},
      {"a bare row of scores", {1, 3, 224, 224}, {1000}, false},
  };
  for (const auto& row : rows) {
    const auto status = check_classifier({"in", ElementType::kFp32, row.input},
                                         {"out", ElementType::kFp32, row.output});
    EXPECT_EQ(status.has_value(), row.good) << row.what;
  }
}

TEST(AsRows, KeepsBatchAndClassesOnly) {
  const struct {
    Shape shape;
    Shape rows;
  } rows[] = {
      {{-1, 1000}, {-1, 1000}},
      {{1, 1000, 1, 1}, {1, 1000}},
      {{-1, 1, 1, 10}, {-1, 10}},
      {{4, 1}, {4, 1}},
      {{4, 1, 1}, {4, 1}},
      {{1000}, {1, 1000}},
      {{1, 8400, 84}, {1, 8400, 84}},
  };
  for (const auto& row : rows) EXPECT_EQ(as_rows(row.shape), row.rows) << shape_text(row.shape);
}

TEST(CheckTensor, ComparesTypeShapeAndByteCount) {
  const TensorSpec input{"in", ElementType::kFp32, {-1, 3, 2, 2}};
  const struct {
    const char* what;
    ElementType type;
    Shape shape;
    std::size_t bytes;
    const char* words;  // empty: it fits
  } rows[] = {
      {"one image", ElementType::kFp32, {1, 3, 2, 2}, 48, ""},
      {"a batch", ElementType::kFp32, {4, 3, 2, 2}, 192, ""},
      {"another type", ElementType::kUint8, {1, 3, 2, 2}, 12, "is FP32, but the tensor is UINT8"},
      {"another size", ElementType::kFp32, {1, 3, 2, 3}, 72, "[-1,3,2,2], but the tensor has"},
      {"no batch", ElementType::kFp32, {3, 2, 2}, 48, "[3,2,2]"},
      {"too few bytes", ElementType::kFp32, {1, 3, 2, 2}, 47, "there are 47 bytes"},
      {"too many bytes", ElementType::kFp32, {1, 3, 2, 2}, 52, "there are 52 bytes"},
      {"empty batch", ElementType::kFp32, {0, 3, 2, 2}, 0, "is empty"},
      {"negative batch", ElementType::kFp32, {-1, 3, 2, 2}, 48, "[-1,3,2,2]"},
      {"overflowing", ElementType::kFp32, {std::int64_t{1} << 62, 3, 2, 2}, 48, "but the tensor"},
  };
  for (const auto& row : rows) {
    const std::vector<std::byte> bytes(row.bytes);
    const auto status = check_tensor(input, {row.type, row.shape, bytes});
    if (*row.words == '\0') {
      EXPECT_TRUE(status.has_value()) << row.what;
    } else {
      ASSERT_FALSE(status.has_value()) << row.what;
      EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
      EXPECT_THAT(status.error().message, HasSubstr(row.words)) << row.what;
    }
  }
}

TEST(CheckMember, ComparesTheNetworkWithItsFamilyFile) {
  const struct {
    const char* what;
    Shape input;
    Shape output;
    Layout layout;
    const char* words;  // empty: they agree
    Channels channels = Channels::kRgb;
    PixelSize crop = {8, 8};
  } rows[] = {
      {"as stated", {-1, 3, 8, 8}, {-1, 5}, Layout::kNchw, ""},
      {"fixed batch of one", {1, 8, 8, 3}, {1, 5}, Layout::kNhwc, ""},
      {"free size", {-1, 3, -1, -1}, {-1, 5}, Layout::kNchw, ""},
      {"classes only known at run time", {-1, 3, 8, 8}, {-1, -1}, Layout::kNchw, ""},
      {"other size", {-1, 3, 9, 9}, {-1, 5}, Layout::kNchw, "[-1,3,9,9], but the family file asks"},
      {"other layout",
       {-1, 3, 8, 8},
       {-1, 5},
       Layout::kNhwc,
       "layout NHWC, crop [8, 8], channels RGB"},
      {"batches of four only", {4, 3, 8, 8}, {4, 5}, Layout::kNchw, "[4,3,8,8]"},
      {"gray", {-1, 1, 8, 8}, {-1, 5}, Layout::kNchw, "", Channels::kGray},
      {"gray, and the network wants colours",
       {-1, 3, 8, 8},
       {-1, 5},
       Layout::kNchw,
       "[-1,3,8,8], but the family file asks for [1,1,8,8] (layout NCHW, crop [8, 8], channels "
       "gray)",
       Channels::kGray},
      {"height before width", {-1, 3, 8, 12}, {-1, 5}, Layout::kNchw, "", Channels::kBgr, {8, 12}},
      {"width before height",
       {-1, 3, 12, 8},
       {-1, 5},
       Layout::kNchw,
       "crop [8, 12]",
       Channels::kBgr,
       {8, 12}},
      {"too many classes", {-1, 3, 8, 8}, {-1, 6}, Layout::kNchw, "[-1,6], but the family has 5"},
  };
  SimulatedClock clock;
  for (const auto& row : rows) {
    TimedBackend backend(clock);
    TimedModel timed;
    timed.input.shape = row.input;
    timed.output.shape = row.output;
    backend.add("net.onnx", std::move(timed));
    const auto model = backend.load("net.onnx");
    FamilyMember member;
    member.name = "net";
    member.file = "net.onnx";
    member.input.crop = row.crop;
    member.input.channels = row.channels;
    member.input.layout = row.layout;
    const auto status = check_member(member, 5, **model);
    if (*row.words == '\0') {
      EXPECT_TRUE(status.has_value()) << row.what;
    } else {
      ASSERT_FALSE(status.has_value()) << row.what;
      EXPECT_THAT(status.error().message, HasSubstr("model 'net' (net.onnx)"));
      EXPECT_THAT(status.error().message, HasSubstr(row.words));
    }
  }
}

}  // namespace
}  // namespace cnnselect
