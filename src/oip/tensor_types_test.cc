#include "oip/tensor_types.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "base/shape_text.h"

namespace cnnselect {
namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();

struct SizeCase {
  const char* name;
  std::size_t bytes;
};

TEST(Datatype, KnowsTheProtocolsNamesAndSizes) {
  const SizeCase cases[] = {{"BOOL", 1}, {"UINT8", 1}, {"UINT16", 2}, {"UINT32", 4}, {"UINT64", 8},
                            {"INT8", 1}, {"INT16", 2}, {"INT32", 4},  {"INT64", 8},  {"FP16", 2},
                            {"FP32", 4}, {"FP64", 8},  {"BF16", 2},   {"BYTES", 0}};
  for (const SizeCase& row : cases) {
    const auto type = parse_datatype(row.name);
    ASSERT_TRUE(type) << row.name;
    EXPECT_EQ(size_of(*type), row.bytes) << row.name;
  }
  EXPECT_EQ(parse_datatype("FP32"), Datatype::kFp32);
  EXPECT_EQ(parse_datatype("BYTES"), Datatype::kBytes);
  for (const char* const bad : {"", "fp32", "FLOAT32", "STRING", "FP32 "}) {
    EXPECT_FALSE(parse_datatype(bad)) << bad;
  }
}

struct CountCase {
  const char* why;
  std::vector<std::int64_t> shape;
  Datatype type;
  std::size_t count;
};

TEST(ElementCount, MultipliesTheDimensions) {
  const CountCase cases[] = {
      {"a photo", {1, 3, 224, 224}, Datatype::kFp32, 150'528},
      {"a scalar", {}, Datatype::kFp32, 1},
      {"nothing, however large the rest", {kLargest, kLargest, 0}, Datatype::kFp64, 0},
      {"as much as can be counted", {kLargest}, Datatype::kBool, kLargest},
      {"the same with wider elements", {kLargest / 8}, Datatype::kInt64, kLargest / 8},
  };
  for (const CountCase& row : cases) {
    EXPECT_EQ(element_count(row.shape, row.type), row.count) << row.why;
  }
}

TEST(ElementCount, RefusesWhatCannotBeCounted) {
  const auto negative = element_count(std::vector<std::int64_t>{1, -1}, Datatype::kFp32);
  ASSERT_FALSE(negative);
  EXPECT_EQ(negative.error().message, "shape is [1,-1]; dimensions are 0 or more");
  for (const auto& [shape, type] : std::vector<std::pair<std::vector<std::int64_t>, Datatype>>{
           {{kLargest, 2}, Datatype::kBool},
           {{kLargest}, Datatype::kUint16},
           {{kLargest / 2}, Datatype::kBytes},
           {{1 << 30, 1 << 30, 1 << 30, 1 << 30}, Datatype::kUint8}}) {
    EXPECT_FALSE(element_count(shape, type)) << shape_text(shape);
  }
}

}  // namespace
}  // namespace cnnselect
