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
  spec.resize = {resize, resize};
  spec.crop = {crop, crop};
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

TEST(Fit, ARectangleIsTheMiddleToo) {
  const Image wide = test::draw_quarters(
      90, 30, {Rgb{10, 20, 30}, Rgb{40, 50, 60}, Rgb{70, 80, 90}, Rgb{100, 110, 120}});
  const Image fitted = fit(wide, {.resize = {30, 30}, .crop = {20, 30}});
  EXPECT_EQ(fitted.width, 30);
  EXPECT_EQ(fitted.height, 20);
  EXPECT_EQ(test::pixel(fitted, 14, 9), (Rgb{10, 20, 30}));
  EXPECT_EQ(test::pixel(fitted, 15, 10), (Rgb{100, 110, 120}));
}

TEST(Fit, StretchedToBothSidesNothingIsCutOff) {
  const Image wide = test::draw_quarters(
      90, 30, {Rgb{10, 20, 30}, Rgb{40, 50, 60}, Rgb{70, 80, 90}, Rgb{100, 110, 120}});
  const InputSpec spec{.fitting = Fitting::kStretch, .resize = {40, 20}, .crop = {40, 20}};
  const Image fitted = fit(wide, spec);
  EXPECT_EQ(fitted.width, 20);
  EXPECT_EQ(fitted.height, 40);
  EXPECT_EQ(test::pixel(fitted, 0, 0), (Rgb{10, 20, 30}));
  EXPECT_EQ(test::pixel(fitted, 19, 0), (Rgb{40, 50, 60}));
  EXPECT_EQ(test::pixel(fitted, 0, 39), (Rgb{70, 80, 90}));
  EXPECT_EQ(test::pixel(fitted, 19, 39), (Rgb{100, 110, 120}));
}

// The rows say which pixels of a 20 x 10 box (width x height) are the picture's.
TEST(Fit, ALetterboxShowsAllOfThePictureAndFillsTheRest) {
  const struct {
    int width;
    int height;
    int left;
    int top;
    int right;   // behind the last
    int bottom;  // behind the last
  } rows[] = {
      {20, 10, 0, 0, 20, 10}, {40, 10, 0, 2, 20, 7},    {30, 30, 5, 0, 15, 10},
      {5, 50, 9, 0, 10, 10},  {60'000, 1, 0, 4, 20, 5},
  };
  for (const auto& row : rows) {
    const auto count = static_cast<std::size_t>(row.width) * static_cast<std::size_t>(row.height);
    const Image plain{row.width, row.height, std::vector<std::uint8_t>(count * 3, 200)};
    const Image fitted =
        fit(plain, {.fitting = Fitting::kLetterbox, .crop = {10, 20}, .fill = 114});
    ASSERT_EQ(fitted.width, 20);
    ASSERT_EQ(fitted.height, 10);
    for (int y = 0; y < 10; ++y) {
      for (int x = 0; x < 20; ++x) {
        const bool inside = x >= row.left && x < row.right && y >= row.top && y < row.bottom;
        EXPECT_EQ(test::pixel(fitted, x, y)[0], inside ? 200 : 114)
            << row.width << "x" << row.height << " at " << x << "," << y;
      }
    }
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

TEST_F(WriteTensor, BgrTurnsTheChannelsAndMeanAndStdFollowThem) {
  spec_.channels = Channels::kBgr;
  // The first plane is blue, normalised by the first mean and std.
  const std::vector<float> expected{-0.2F, 0.6F, -0.6F, 1, -0.2F, -1, -0.2F, 3, 0, 1, 0.2F, 1};
  const auto tensor = floats(Layout::kNchw);
  ASSERT_EQ(tensor.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(tensor[i], expected[i], 1e-6) << i;
}

TEST_F(WriteTensor, GrayIsOneChannelOfWeightedColours) {
  spec_.channels = Channels::kGray;
  for (const Layout layout : {Layout::kNchw, Layout::kNhwc}) {
    const auto tensor = floats(layout);
    ASSERT_EQ(tensor.size(), 4U);
    // 0.587 * 51 + 0.114 * 102 is 41.6, 0.299 * 255 + 0.114 * 204 is 99.501, in 16 bits 99.499.
    EXPECT_NEAR(tensor[0], ((42 / 255.0) - 0.5) / 0.5, 1e-6);
    EXPECT_NEAR(tensor[1], ((99 / 255.0) - 0.5) / 0.5, 1e-6);
    EXPECT_NEAR(tensor[2], -0.6, 1e-6);
    EXPECT_NEAR(tensor[3], 1, 1e-6);
  }
}

TEST_F(WriteTensor, AScaleOf255LeavesThePixelsAsTheyAre) {
  spec_.scale = 255;
  spec_.mean = {0, 100, 0};
  spec_.std = {1, 1, 2};
  const std::vector<float> expected{0, 255, 51, 255, -49, -100, -49, 155, 51, 102, 25.5F, 127.5F};
  EXPECT_EQ(floats(Layout::kNchw), expected);
}

TEST_F(WriteTensor, HalvesAreTheFloatsRounded) {
  const auto wide = floats(Layout::kNchw);
  std::vector<_Float16> halves(wide.size());
  write_tensor(image_, spec_, ElementType::kFp16, std::as_writable_bytes(std::span(halves)));
  for (std::size_t i = 0; i < wide.size(); ++i) {
    EXPECT_NEAR(static_cast<float>(halves[i]), wide[i], 1e-3) << i;
  }
  EXPECT_EQ(static_cast<float>(halves[0]), -1);
}

TEST(TensorShape, FollowsLayoutChannelsAndSides) {
  using Shape = std::vector<std::int64_t>;
  EXPECT_EQ(tensor_shape({.crop = {3, 5}}), (Shape{1, 3, 3, 5}));
  EXPECT_EQ(tensor_shape({.crop = {3, 5}, .layout = Layout::kNhwc}), (Shape{1, 3, 5, 3}));
  EXPECT_EQ(tensor_shape({.crop = {3, 5}, .channels = Channels::kGray}), (Shape{1, 1, 3, 5}));
  EXPECT_EQ(tensor_bytes({.crop = {3, 5}, .channels = Channels::kGray}, ElementType::kFp16), 30U);
}

// What is decoded smaller than that would be enlarged again.
TEST(EnoughPixels, CoverTheLongerSideOfWhatIsWanted) {
  EXPECT_EQ(enough_pixels({.resize = {256, 256}, .crop = {224, 224}}), 256);
  EXPECT_EQ(enough_pixels({.fitting = Fitting::kStretch, .resize = {64, 300}, .crop = {64, 64}}),
            300);
  EXPECT_EQ(enough_pixels({.fitting = Fitting::kLetterbox, .crop = {320, 640}}), 640);
}

TEST(TensorBytes, CountsChannelsAndElementSize) {
  EXPECT_EQ(tensor_bytes(spec_of(256, 224), ElementType::kFp32), 602'112U);
  EXPECT_EQ(tensor_bytes(spec_of(256, 224), ElementType::kUint8), 150'528U);
}

}  // namespace
}  // namespace cnnselect
