#include "rpc/typed_contents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace cnnselect::rpc {
namespace {

using inference::InferTensorContents;
using testing::HasSubstr;

using Bytes = std::vector<std::byte>;

Bytes bytes(std::initializer_list<int> values) {
  Bytes all;
  for (const int value : values) all.push_back(static_cast<std::byte>(value));
  return all;
}

const std::vector<std::int64_t> kTwo = {1, 2};

struct TypeCase {
  Datatype type;
  std::function<void(InferTensorContents&)> fill;
  Bytes bytes;
};

TEST(TypedContents, EveryDatatypeHasItsField) {
  const TypeCase cases[] = {
      {Datatype::kBool,
       [](auto& c) {
         c.add_bool_contents(true);
         c.add_bool_contents(false);
       },
       bytes({1, 0})},
      {Datatype::kUint8,
       [](auto& c) {
         c.add_uint_contents(255);
         c.add_uint_contents(1);
       },
       bytes({255, 1})},
      {Datatype::kUint16,
       [](auto& c) {
         c.add_uint_contents(258);
         c.add_uint_contents(1);
       },
       bytes({2, 1, 1, 0})},
      {Datatype::kUint32,
       [](auto& c) {
         c.add_uint_contents(1);
         c.add_uint_contents(1U << 31U);
       },
       bytes({1, 0, 0, 0, 0, 0, 0, 128})},
      {Datatype::kUint64,
       [](auto& c) {
         c.add_uint64_contents(1);
         c.add_uint64_contents(2);
       },
       bytes({1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0})},
      {Datatype::kInt8,
       [](auto& c) {
         c.add_int_contents(-1);
         c.add_int_contents(127);
       },
       bytes({255, 127})},
      {Datatype::kInt16,
       [](auto& c) {
         c.add_int_contents(-2);
         c.add_int_contents(3);
       },
       bytes({254, 255, 3, 0})},
      {Datatype::kInt32,
       [](auto& c) {
         c.add_int_contents(-1);
         c.add_int_contents(1);
       },
       bytes({255, 255, 255, 255, 1, 0, 0, 0})},
      {Datatype::kInt64,
       [](auto& c) {
         c.add_int64_contents(-1);
         c.add_int64_contents(1);
       },
       bytes({255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0})},
      {Datatype::kFp32,
       [](auto& c) {
         c.add_fp32_contents(1.0F);
         c.add_fp32_contents(-2.0F);
       },
       bytes({0, 0, 128, 63, 0, 0, 0, 192})},
      {Datatype::kFp64,
       [](auto& c) {
         c.add_fp64_contents(1.0);
         c.add_fp64_contents(0.0);
       },
       bytes({0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 0, 0})},
      {Datatype::kBytes,
       [](auto& c) {
         c.add_bytes_contents("a");
         c.add_bytes_contents("");
       },
       bytes({1, 0, 0, 0, 'a', 0, 0, 0, 0})},
  };
  for (const TypeCase& row : cases) {
    InferTensorContents contents;
    row.fill(contents);
    const auto seen = bytes_of_contents(contents, row.type, kTwo);
    ASSERT_TRUE(seen) << datatype_name(row.type) << ": " << seen.error().message;
    EXPECT_EQ(*seen, row.bytes) << datatype_name(row.type);
  }
}

std::string refusal(const InferTensorContents& contents, Datatype type,
                    const std::vector<std::int64_t>& shape = kTwo) {
  const auto seen = bytes_of_contents(contents, type, shape);
  if (seen) return "no error";
  EXPECT_EQ(seen.error().code, ErrorCode::kInvalidArgument);
  return seen.error().message;
}

TEST(TypedContents, ValuesOutsideOfTheirTypeAreNamed) {
  InferTensorContents contents;
  contents.add_uint_contents(255);
  contents.add_uint_contents(256);
  EXPECT_EQ(refusal(contents, Datatype::kUint8), "value 1 is 256; allowed: 0 to 255");
  contents.add_int_contents(-129);
  contents.add_int_contents(0);
  EXPECT_EQ(refusal(contents, Datatype::kInt8), "value 0 is -129; allowed: -128 to 127");
  contents.set_int_contents(0, 32768);
  EXPECT_EQ(refusal(contents, Datatype::kInt16), "value 0 is 32768; allowed: -32768 to 32767");
}

TEST(TypedContents, AnotherFieldOrAnotherNumberOfValuesIsNoTensor) {
  InferTensorContents contents;
  contents.add_fp64_contents(1);
  EXPECT_EQ(refusal(contents, Datatype::kFp32),
            "unable to find data for input tensor: want raw_input_contents, or fp32_contents of 2 "
            "values for FP32 [1,2]");
  EXPECT_EQ(refusal(contents, Datatype::kFp64), "fp64_contents has 1 values, FP64 [1,2] has 2");
  EXPECT_THAT(refusal(contents, Datatype::kFp64, {1, -1}), HasSubstr("[1,-1]"));
}

TEST(TypedContents, HalfFloatsTravelRaw) {
  EXPECT_EQ(refusal({}, Datatype::kFp16), "FP16 travels in raw_input_contents only");
  EXPECT_EQ(refusal({}, Datatype::kBf16), "BF16 travels in raw_input_contents only");
}

TEST(TypedContents, AnEmptyTensorNeedsNothing) {
  for (const Datatype type : {Datatype::kFp32, Datatype::kBytes, Datatype::kFp16}) {
    const auto seen = bytes_of_contents({}, type, std::vector<std::int64_t>{0, 3});
    ASSERT_TRUE(seen) << seen.error().message;
    EXPECT_TRUE(seen->empty());
  }
}

}  // namespace
}  // namespace cnnselect::rpc
