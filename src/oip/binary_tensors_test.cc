#include "oip/binary_tensors.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

namespace cnnselect {
namespace {

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_aligned(std::span<const std::byte> bytes, std::size_t to) {
  return reinterpret_cast<std::uintptr_t>(bytes.data()) % to == 0;
}

bool is_inside(std::span<const std::byte> bytes, const std::string& body) {
  const auto* const begin = reinterpret_cast<const std::byte*>(body.data());
  return bytes.data() >= begin && bytes.data() + bytes.size() <= begin + body.size();
}

TEST(BinaryTensors, SlidesAnUnalignedTensorOverTheSpentBytes) {
  const std::string tensor(800, 't');
  for (std::size_t json = 8; json < 16; ++json) {
    std::string body = std::string(json, 'j') + tensor;
    std::vector<std::vector<std::byte>> storage;
    BinaryTensors tensors(body, json, storage);
    const auto bytes = tensors.take(800, Datatype::kFp64);
    EXPECT_EQ(text_of(bytes), tensor);
    EXPECT_TRUE(is_aligned(bytes, 8)) << json;
    EXPECT_TRUE(is_inside(bytes, body)) << json;
    EXPECT_EQ(tensors.left(), 0U);
  }
}

TEST(BinaryTensors, TensorsNeverOverlap) {
  const std::string parts[] = {std::string(3, 'a'), std::string(80, 'b'), std::string(5, 'c'),
                               std::string(80, 'd'), std::string(16, 'e')};
  const Datatype types[] = {Datatype::kUint8, Datatype::kFp32, Datatype::kBytes, Datatype::kFp64,
                            Datatype::kInt64};
  std::string body = "jjjjjjj";
  for (const std::string& part : parts) body += part;
  std::vector<std::vector<std::byte>> storage;
  BinaryTensors tensors(body, 7, storage);
  std::vector<std::span<const std::byte>> taken;
  taken.reserve(std::size(parts));
  for (std::size_t i = 0; i < std::size(parts); ++i) {
    taken.push_back(tensors.take(parts[i].size(), types[i]));
  }
  for (std::size_t i = 0; i < std::size(parts); ++i) {
    EXPECT_EQ(text_of(taken[i]), parts[i]) << i;
    EXPECT_TRUE(is_aligned(taken[i], std::max<std::size_t>(size_of(types[i]), 1))) << i;
  }
}

TEST(BinaryTensors, SpansOfAShortBodySurviveItsMove) {
  std::string body = "json1234";
  std::vector<std::vector<std::byte>> storage;
  BinaryTensors tensors(body, 4, storage);
  const auto bytes = tensors.take(4, Datatype::kFp32);
  const auto moved = std::pair(std::move(body), std::move(storage));
  EXPECT_EQ(text_of(bytes), "1234");
  EXPECT_EQ(moved.first, "json1234");
  EXPECT_TRUE(is_aligned(bytes, 4));
}

TEST(BytesElements, AreCounted) {
  const auto count = [](std::string_view text) {
    return count_bytes_elements(std::as_bytes(std::span(text)));
  };
  EXPECT_EQ(count(""), 0U);
  EXPECT_EQ(count(std::string_view("\0\0\0\0", 4)), 1U);
  EXPECT_EQ(count(std::string_view("\1\0\0\0a\2\0\0\0bc", 11)), 2U);
  EXPECT_FALSE(count(std::string_view("\xff\xff\xff\xff", 4)));
  EXPECT_FALSE(count(std::string_view("\0\0\0", 3)));
}

}  // namespace
}  // namespace cnnselect
