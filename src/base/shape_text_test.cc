#include "base/shape_text.h"

#include <gtest/gtest.h>

#include <vector>

namespace cnnselect {
namespace {

using Shape = std::vector<std::int64_t>;

TEST(ShapeText, IsWrittenAsTheProtocolDoes) {
  EXPECT_EQ(shape_text(Shape{-1, 3, 224, 224}), "[-1,3,224,224]");
  EXPECT_EQ(shape_text(Shape{}), "[]");
}

}  // namespace
}  // namespace cnnselect
