#include "image/resample.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

namespace cnnselect {
namespace {

TEST(ResampleAxis, SameSizeIsTheIdentity) {
  const Axis axis = resample_axis(5, 5, 0, 5);
  for (int i = 0; i < 5; ++i) {
    const Window& window = axis.windows[static_cast<std::size_t>(i)];
    float at_itself = 0;
    for (int k = 0; k < window.count; ++k) {
      const float weight = axis.weights[window.weights + static_cast<std::size_t>(k)];
      if (window.first + k == i) at_itself = weight;
    }
    EXPECT_FLOAT_EQ(at_itself, 1.0F);
  }
}

// Half size: the triangle spans four pixels with weights 1/8, 3/8, 3/8, 1/8.
TEST(ResampleAxis, HalvingUsesTheWideTriangle) {
  const Axis axis = resample_axis(8, 4, 1, 1);
  ASSERT_EQ(axis.windows.size(), 1U);
  EXPECT_EQ(axis.windows[0].first, 1);
  EXPECT_EQ(axis.weights, (std::vector<float>{0.125F, 0.375F, 0.375F, 0.125F}));
}

// Double size: every result lies a quarter of a pixel from its nearest source.
TEST(ResampleAxis, DoublingIsBilinear) {
  const Axis axis = resample_axis(4, 8, 3, 1);
  EXPECT_EQ(axis.windows[0].first, 1);
  EXPECT_EQ(axis.weights, (std::vector<float>{0.75F, 0.25F}));
}

TEST(ResampleAxis, WindowsStayInsideAndWeightsSumToOne) {
  EXPECT_TRUE(rc::check([] {
    const int source = *rc::gen::inRange(1, 5000);
    const int target = *rc::gen::inRange(1, 3000);
    const int first = *rc::gen::inRange(0, target);
    const int count = *rc::gen::inRange(1, target - first + 1);
    const Axis axis = resample_axis(source, target, first, count);
    RC_ASSERT(axis.windows.size() == static_cast<std::size_t>(count));
    for (const Window& window : axis.windows) {
      RC_ASSERT(window.first >= 0);
      RC_ASSERT(window.count >= 1);
      RC_ASSERT(window.first + window.count <= source);
      const auto begin = axis.weights.begin() + static_cast<std::ptrdiff_t>(window.weights);
      const float sum = std::accumulate(begin, begin + window.count, 0.0F);
      RC_ASSERT(std::abs(sum - 1.0F) < 1e-4F);
    }
  }));
}

TEST(ResampleAxis, AStretchEqualsThatPartOfTheWhole) {
  const Axis whole = resample_axis(300, 77, 0, 77);
  const Axis part = resample_axis(300, 77, 30, 10);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(part.windows[i].first, whole.windows[30 + i].first);
    EXPECT_EQ(part.windows[i].count, whole.windows[30 + i].count);
    EXPECT_EQ(part.weights[part.windows[i].weights], whole.weights[whole.windows[30 + i].weights]);
  }
}

}  // namespace
}  // namespace cnnselect
