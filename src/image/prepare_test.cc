#include "image/prepare.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>

#include "image/testing/test_pictures.h"

namespace cnnselect {
namespace {

using test::Rgb;

InputSpec spec_of(int resize, int crop) {
  InputSpec spec;
  spec.resize = resize;
  spec.crop = crop;
  return spec;
}

Image stripes(int width, int height) {
  Image image = test::draw_photo(width, height);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = (i / 3) % 2 == 0 ? 255 : 0;
  return image;
}

TEST(Fit, SameSizeChangesNothing) {
  const Image photo = test::draw_photo(32, 32, 60);
  EXPECT_EQ(test::largest_difference(fit(photo, spec_of(32, 32)), photo), 0);
}

TEST(Fit, TakesTheMiddleOfTheLongerSide) {
  const Image wide = test::draw_quarters(
      90, 30, {Rgb{10, 20, 30}, Rgb{40, 50, 60}, Rgb{70, 80, 90}, Rgb{100, 110, 120}});
  const Image fitted = fit(wide, spec_of(30, 30));
  EXPECT_EQ(test::pixel(fitted, 0, 0), (Rgb{10, 20, 30}));
  EXPECT_EQ(test::pixel(fitted, 14, 14), (Rgb{10, 20, 30}));
  EXPECT_EQ(test::pixel(fitted, 15, 14), (Rgb{40, 50, 60}));
  EXPECT_EQ(test::pixel(fitted, 29, 29), (Rgb{100, 110, 120}));
}

// The rows say where the crop starts in a picture whose columns are numbered.
TEST(Fit, RoundsTheCropsHalfPixelToTheEvenSide) {
  const struct {
    int width;
    int first;
    const char* what;
  } rows[] = {
      {20, 5, "10 pixels too many: 5 on either side"},
      {13, 2, "1.5 becomes 2"},
      {11, 0, "0.5 becomes 0"},
      {15, 2, "2.5 becomes 2"},
  };
  for (const auto& row : rows) {
    Image numbered{row.width, 10, {}};
    for (int i = 0; i < row.width * 10; ++i) {
      numbered.rgb.insert(numbered.rgb.end(), 3, static_cast<std::uint8_t>(i % row.width));
    }
    EXPECT_EQ(test::pixel(fit(numbered, spec_of(10, 10)), 0, 0)[0], row.first) << row.what;
  }
}

TEST(Fit, ShrinkingAveragesInsteadOfSkipping) {
  const Image fitted = fit(stripes(512, 512), spec_of(64, 64));
  for (const std::uint8_t value : fitted.rgb) {
    ASSERT_GE(value, 122);
    ASSERT_LE(value, 133);
  }
}

TEST(Fit, EnlargesSmallPictures) {
  const Image fitted = fit(test::draw_photo(3, 2), spec_of(64, 48));
  EXPECT_EQ(fitted.width, 48);
  EXPECT_EQ(fitted.height, 48);
}

TEST(Fit, AnExtremeStripDoesNotOverflow) {
  Image strip{60'000, 1, std::vector<std::uint8_t>(180'000, 9)};
  const Image fitted = fit(strip, spec_of(4096, 4096));
  EXPECT_EQ(test::pixel(fitted, 4095, 4095), (Rgb{9, 9, 9}));
}

TEST(Fit, KeepsPlainColoursAndTheRangeOfValues) {
  EXPECT_TRUE(rc::check([] {
    const int width = *rc::gen::inRange(1, 120);
    const int height = *rc::gen::inRange(1, 120);
    const int resize = *rc::gen::inRange(1, 100);
    const int crop = *rc::gen::inRange(1, resize + 1);
    const auto value = *rc::gen::arbitrary<std::uint8_t>();
    Image plain{width, height, {}};
    plain.rgb.assign(static_cast<std::size_t>(width * height * 3), value);
    const Image fitted = fit(plain, spec_of(resize, crop));
    RC_ASSERT(fitted.width == crop);
    RC_ASSERT(fitted.rgb.size() == static_cast<std::size_t>(crop * crop * 3));
    for (const std::uint8_t seen : fitted.rgb) RC_ASSERT(seen == value);
  }));
}

class WriteTensor : public ::testing::Test {
 protected:
  WriteTensor() {
    spec_.mean = {0.5F, 0.25F, 0.0F};
    spec_.std = {0.5F, 0.25F, 1.0F};
  }

  std::vector<float> floats(Layout layout) {
    spec_.layout = layout;
    std::vector<float> tensor(tensor_bytes(spec_, ElementType::kFp32) / sizeof(float));
    write_tensor(image_, spec_, ElementType::kFp32, std::as_writable_bytes(std::span(tensor)));
    return tensor;
  }

  // Pixels (0, 51, 102) (255, 0, 204) (51, 51, 51) (255, 255, 255).
  Image image_{2, 2, {0, 51, 102, 255, 0, 204, 51, 51, 51, 255, 255, 255}};
  InputSpec spec_ = spec_of(2, 2);
};

TEST_F(WriteTensor, NormalisesPlanePerPlaneForNchw) {
  const std::vector<float> expected{-1, 1, -0.6F, 1, -0.2F, -1, -0.2F, 3, 0.4F, 0.8F, 0.2F, 1};
  const auto tensor = floats(Layout::kNchw);
  ASSERT_EQ(tensor.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(tensor[i], expected[i], 1e-6) << i;
}

TEST_F(WriteTensor, NhwcHoldsTheSameNumbersPixelByPixel) {
  const auto planes = floats(Layout::kNchw);
  const auto pixels = floats(Layout::kNhwc);
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(pixels[(3 * i) + c], planes[(4 * c) + i]);
  }
}

TEST_F(WriteTensor, BytesArePassedAsTheyAre) {
  spec_.layout = Layout::kNhwc;
  std::vector<std::uint8_t> tensor(tensor_bytes(spec_, ElementType::kUint8));
  write_tensor(image_, spec_, ElementType::kUint8, std::as_writable_bytes(std::span(tensor)));
  EXPECT_EQ(tensor, image_.rgb);
  spec_.layout = Layout::kNchw;
  write_tensor(image_, spec_, ElementType::kUint8, std::as_writable_bytes(std::span(tensor)));
  EXPECT_EQ(tensor,
            (std::vector<std::uint8_t>{0, 255, 51, 255, 51, 0, 51, 255, 102, 204, 51, 255}));
}

TEST(TensorBytes, CountsChannelsAndElementSize) {
  EXPECT_EQ(tensor_bytes(spec_of(256, 224), ElementType::kFp32), 602'112U);
  EXPECT_EQ(tensor_bytes(spec_of(256, 224), ElementType::kUint8), 150'528U);
}

}  // namespace
}  // namespace cnnselect
