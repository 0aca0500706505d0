#include "service/bytes_tensor.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace cnnselect {
namespace {

std::string text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(BytesTensor, WhatIsAppendedIsSplitAgain) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& elements) {
    std::vector<std::byte> tensor;
    for (const auto& element : elements) append_bytes_element(tensor, element);
    const auto split = split_bytes_tensor(tensor, elements.size());
    RC_ASSERT(split.has_value());
    for (std::size_t i = 0; i < elements.size(); ++i) RC_ASSERT(text((*split)[i]) == elements[i]);
  }));
}

TEST(BytesTensor, LengthIsLittleEndian) {
  std::vector<std::byte> tensor;
  append_bytes_element(tensor, "ab");
  EXPECT_EQ(text(tensor), std::string("\x02\0\0\0ab", 6));
}

struct BadTensor {
  const char* why;
  std::string bytes;
  std::size_t count;
  const char* message;
};

TEST(BytesTensor, RefusesWhatDoesNotAddUp) {
  const BadTensor cases[] = {
      {"a cut length", std::string("\x02\0", 2), 1, "element 0 has 2 bytes left"},
      {"a cut element", std::string("\x05\0\0\0ab", 6), 1, "element 0 states 5 bytes, 2 are left"},
      {"a length near 2^32", std::string("\xff\xff\xff\xff", 4), 1, "states 4294967295 bytes"},
      {"fewer elements than the shape says", std::string("\x01\0\0\0a", 5), 2,
       "holds 1 elements, its shape says 2"},
      {"none at all", "", 1, "holds 0 elements, its shape says 1"},
  };
  for (const auto& [why, bytes, count, message] : cases) {
    const auto split = split_bytes_tensor(std::as_bytes(std::span(bytes)), count);
    ASSERT_FALSE(split.has_value()) << why;
    EXPECT_EQ(split.error().code, ErrorCode::kInvalidArgument) << why;
    EXPECT_NE(split.error().message.find(message), std::string::npos)
        << why << ": " << split.error().message;
  }
}

}  // namespace
}  // namespace cnnselect
