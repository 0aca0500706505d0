#include "service/tensor_shape.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using Shape = std::vector<std::int64_t>;

TEST(TensorShape, CommonShapeFreesWhatDiffers) {
  EXPECT_EQ(common_shape(Shape{-1, 3, 96, 96}, Shape{-1, 3, 96, 96}), (Shape{-1, 3, 96, 96}));
  EXPECT_EQ(common_shape(Shape{-1, 3, 96, 96}, Shape{-1, 3, 160, 160}), (Shape{-1, 3, -1, -1}));
  EXPECT_EQ(common_shape(Shape{1, 3, 96, 96}, Shape{1, 100}), (Shape{-1, -1, -1, -1}));
}

TEST(TensorShape, TakesABatchOfWhateverSizeWhenTheImageFits) {
  const TensorSpec spec{.name = "input", .type = ElementType::kFp32, .shape = {1, 3, 96, 96}};
  EXPECT_TRUE(takes(spec, ElementType::kFp32, Shape{1, 3, 96, 96}));
  EXPECT_TRUE(takes(spec, ElementType::kFp32, Shape{7, 3, 96, 96})) << "the batch is split";
  EXPECT_FALSE(takes(spec, ElementType::kUint8, Shape{1, 3, 96, 96})) << "another element type";
  EXPECT_FALSE(takes(spec, ElementType::kFp32, Shape{1, 3, 96})) << "another rank";
  EXPECT_FALSE(takes(spec, ElementType::kFp32, Shape{1, 3, 97, 96})) << "another size";
  EXPECT_FALSE(takes(spec, ElementType::kFp32, Shape{})) << "a scalar";
}

TEST(TensorShape, FreeDimensionsTakeAnyPositiveSize) {
  const TensorSpec spec{.name = "input", .type = ElementType::kFp32, .shape = {-1, 3, -1, -1}};
  EXPECT_TRUE(takes(spec, ElementType::kFp32, Shape{1, 3, 17, 400}));
  EXPECT_FALSE(takes(spec, ElementType::kFp32, Shape{1, 3, 0, 400}));
}

}  // namespace
}  // namespace cnnselect
