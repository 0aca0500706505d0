#include "backend/classification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

namespace cnnselect {
namespace {

using ::testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

Tensor row_of(const std::vector<float>& values) {
  Tensor tensor{ElementType::kFp32, {1, static_cast<std::int64_t>(values.size())}, {}};
  tensor.bytes.resize(values.size() * sizeof(float));
  if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

std::vector<std::size_t> indices(const std::vector<RankedClass>& ranked) {
  std::vector<std::size_t> result;
  for (const RankedClass& one : ranked) result.push_back(one.index);
  return result;
}

TEST(Softmax, IsTheTextbookOne) {
  const auto p = softmax(std::vector<float>{0, std::log(2.0F), std::log(5.0F)});
  EXPECT_NEAR(p[0], 0.125, 1e-6);
  EXPECT_NEAR(p[1], 0.25, 1e-6);
  EXPECT_NEAR(p[2], 0.625, 1e-6);
}

TEST(Softmax, IsTotal) {
  const struct {
    const char* what;
    std::vector<float> logits;
    std::vector<double> expected;
  } rows[] = {
      {"huge logits do not overflow", {3e38F, 3e38F}, {0.5, 0.5}},
      {"NaN has no chance", {kNan, 1, kNan}, {0, 1, 0}},
      {"plus infinity takes all", {kInf, 1, kInf}, {0.5, 0, 0.5}},
      {"only NaN: nobody knows", {kNan, kNan}, {0.5, 0.5}},
      {"only minus infinity: nobody knows", {-kInf, -kInf}, {0.5, 0.5}},
      {"minus infinity has no chance", {-kInf, 0}, {0, 1}},
      {"no classes", {}, {}},
  };
  for (const auto& row : rows) EXPECT_EQ(softmax(row.logits), row.expected) << row.what;
}

TEST(Softmax, AnyLogitsGiveADistribution) {
  EXPECT_TRUE(rc::check([](const std::vector<float>& logits) {
    RC_PRE(!logits.empty());
    const auto p = softmax(logits);
    for (const double x : p) RC_ASSERT(x >= 0 && x <= 1);
    RC_ASSERT(std::abs(std::accumulate(p.begin(), p.end(), 0.0) - 1) < 1e-9);
  }));
}

TEST(Rank, GivesTheBestFirstAndEqualOnesInIndexOrder) {
  const auto ranked = rank(row_of({1, 3, 2, 3, 0}), OutputKind::kLogits, 5, 3);
  ASSERT_TRUE(ranked.has_value());
  EXPECT_EQ(indices(*ranked), (std::vector<std::size_t>{1, 3, 2}));
}

TEST(Rank, TakesProbabilitiesAsTheyAre) {
  const auto ranked = rank(row_of({0.25F, 0.5F, kNan, 1.5F, -1}), OutputKind::kProbabilities, 5, 9);
  ASSERT_TRUE(ranked.has_value());
  EXPECT_EQ(*ranked, (std::vector<RankedClass>{{3, 1}, {1, 0.5}, {0, 0.25}, {2, 0}, {4, 0}}));
}

TEST(Rank, RefusesAnOutputThatIsNotOneRowOfTheFamilysClasses) {
  const auto ranked = rank(row_of({1, 2, 3}), OutputKind::kLogits, 4, 2);
  ASSERT_FALSE(ranked.has_value());
  EXPECT_EQ(ranked.error().code, ErrorCode::kInternal);
  EXPECT_THAT(ranked.error().message, HasSubstr("[1,3] (12 bytes) for one image"));
  EXPECT_THAT(ranked.error().message, HasSubstr("4 labels"));
  Tensor bytes{ElementType::kUint8, {1, 4}, std::vector<std::byte>(16)};
  EXPECT_FALSE(rank(bytes, OutputKind::kLogits, 4, 2).has_value());
}

}  // namespace
}  // namespace cnnselect
