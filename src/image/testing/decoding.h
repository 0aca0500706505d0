// decode() as the tests of this folder call and judge it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "image/decode.h"

namespace cnnselect::test {

inline Result<Image> decode_all(std::span<const std::byte> encoded, int enough = 0) {
  return decode(encoded, DecodeLimits{}, enough);
}

inline void expect_error(const Result<Image>& result, ErrorCode code, const char* words) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, code) << result.error().message;
  EXPECT_THAT(result.error().message, ::testing::HasSubstr(words));
}

}  // namespace cnnselect::test
