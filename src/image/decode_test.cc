#include "image/decode.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "image/testing/decoding.h"
#include "image/testing/test_pictures.h"

namespace cnnselect {
namespace {

using test::Bytes;
using test::decode_all;
using test::JpegKind;
using test::Place;
using test::Rgb;

constexpr Rgb kRed{250, 10, 10};
constexpr Rgb kGreen{10, 250, 10};
constexpr Rgb kBlue{10, 10, 250};
constexpr Rgb kWhite{250, 250, 250};

bool close(const Rgb& a, const Rgb& b, int tolerance) {
  return std::ranges::equal(a, b, [&](int x, int y) { return std::abs(x - y) <= tolerance; });
}

TEST(Decode, ReadsEveryFormatToTheSamePixels) {
  const Image photo = test::draw_photo(64, 48);
  const struct {
    const char* what;
    Bytes encoded;
    int tolerance;
  } rows[] = {
      {"a PNG is lossless", test::encode_png(photo), 0},
      {"an interlaced one is the same", test::encode_png(photo, true), 0},
      {"a lossless WebP too", test::encode_webp(photo), 0},
      {"16 bits a channel are reduced to 8", test::encode_16_bit_png(photo), 0},
      {"a JPEG is close", test::encode_jpeg(photo), 25},
      {"a progressive JPEG as well", test::encode_jpeg(photo, 95, JpegKind::kProgressive), 25},
      {"inverted CMYK is the same colours", test::encode_jpeg(photo, 95, JpegKind::kCmyk), 25},
  };
  for (const auto& row : rows) {
    const auto image = decode_all(row.encoded);
    ASSERT_TRUE(image.has_value()) << row.what << ": " << image.error().message;
    EXPECT_LE(test::largest_difference(*image, photo), row.tolerance) << row.what;
  }
}

TEST(Decode, ReadsAnyChromaSampling) {
  const Image photo = test::draw_photo(64, 48);
  const struct {
    const char* what;
    test::Sampling sampling;
  } rows[] = {
      {"4:4:4", {{{1, 1}, {1, 1}, {1, 1}}}},
      {"4:1:1", {{{4, 1}, {1, 1}, {1, 1}}}},
      {"4:1:0", {{{4, 2}, {1, 1}, {1, 1}}}},
      {"4:4:1", {{{1, 4}, {1, 1}, {1, 1}}}},
      {"3 to 1", {{{3, 1}, {1, 1}, {1, 1}}}},
      {"colours unlike each other", {{{2, 2}, {2, 1}, {1, 1}}}},
      {"colours denser than brightness", {{{1, 1}, {2, 2}, {2, 1}}}},
      {"all alike, but not 1", {{{2, 1}, {2, 1}, {2, 1}}}},
  };
  for (const auto& row : rows) {
    for (const JpegKind kind : {JpegKind::kColour, JpegKind::kProgressive}) {
      const Bytes jpeg = test::encode_jpeg(photo, 95, kind, row.sampling);
      const auto image = decode_all(jpeg);
      ASSERT_TRUE(image.has_value()) << row.what << ": " << image.error().message;
      EXPECT_LE(test::largest_difference(*image, photo), 40) << row.what;
      EXPECT_EQ(decode_all(jpeg, 12)->height, 12) << row.what << ", scaled";
    }
  }
}

TEST(Decode, AWebpOf28BytesIsOne) {
  const Bytes black = test::bytes_of(
      std::string_view("RIFF\x14\0\0\0WEBPVP8L\x08\0\0\0\x2f\0\0\0\0\x88\x88\x08", 28));
  const auto image = decode_all(black);
  ASSERT_TRUE(image.has_value()) << image.error().message;
  EXPECT_EQ(test::pixel(*image, 0, 0), (Rgb{0, 0, 0}));
}

TEST(Decode, BlackInkDarkensCmyk) {
  const Image plain = test::draw_quarters(32, 32, {kRed, kGreen, kBlue, kWhite});
  const auto image = decode_all(test::encode_jpeg(plain, 100, JpegKind::kCmyk));
  ASSERT_TRUE(image.has_value());
  EXPECT_TRUE(close(test::pixel(*image, 4, 4), kRed, 12));
  EXPECT_TRUE(close(test::pixel(*image, 28, 28), kWhite, 12));
}

TEST(Decode, GrayBecomesEqualChannels) {
  const auto jpeg = decode_all(test::encode_jpeg(test::draw_photo(40, 30), 95, JpegKind::kGray));
  ASSERT_TRUE(jpeg.has_value());
  for (std::size_t i = 0; i < jpeg->rgb.size(); i += 3) {
    ASSERT_EQ(jpeg->rgb[i], jpeg->rgb[i + 1]);
    ASSERT_EQ(jpeg->rgb[i], jpeg->rgb[i + 2]);
  }
  const auto png = decode_all(test::encode_gray_png(5, 77));
  ASSERT_TRUE(png.has_value());
  EXPECT_EQ(test::pixel(*png, 4, 4), (Rgb{77, 77, 77}));
}

TEST(Decode, TransparencyShowsWhite) {
  const struct {
    const char* what;
    std::uint8_t alpha;
    Rgb seen;
  } rows[] = {
      {"opaque: the colour itself", 255, {200, 100, 0}},
      {"invisible: white, whatever colour is stored", 0, {255, 255, 255}},
      {"in between: mixed", 51, {244, 224, 204}},
  };
  for (const auto& row : rows) {
    const auto image = decode_all(test::encode_transparent_png(4, {200, 100, 0}, row.alpha));
    ASSERT_TRUE(image.has_value()) << row.what;
    EXPECT_EQ(test::pixel(*image, 2, 2), row.seen) << row.what;
  }
  EXPECT_EQ(test::pixel(*decode_all(test::encode_gray_png(4, 77, true)), 2, 2),
            (Rgb{255, 255, 255}))
      << "a gray value that is named as invisible";
}

void expect_quarters(const Result<Image>& image, int width, const std::array<Rgb, 4>& shown) {
  ASSERT_TRUE(image.has_value()) << image.error().message;
  ASSERT_EQ(image->width, width);
  ASSERT_EQ(image->height, 96 - width);
  const int right = image->width * 3 / 4;
  const int low = image->height * 3 / 4;
  EXPECT_TRUE(close(test::pixel(*image, 8, 8), shown[0], 30));
  EXPECT_TRUE(close(test::pixel(*image, right, 8), shown[1], 30));
  EXPECT_TRUE(close(test::pixel(*image, 8, low), shown[2], 30));
  EXPECT_TRUE(close(test::pixel(*image, right, low), shown[3], 30));
}

// The stored picture has red, green / blue, white quarters. Expected: what a viewer shows.
TEST(Decode, HonoursAllEightOrientations) {
  const Image stored = test::draw_quarters(64, 32, {kRed, kGreen, kBlue, kWhite});
  const struct {
    int orientation;
    const char* what;
    std::array<Rgb, 4> shown;
  } rows[] = {
      {1, "as stored", {kRed, kGreen, kBlue, kWhite}},
      {2, "mirrored left to right", {kGreen, kRed, kWhite, kBlue}},
      {3, "turned by 180 degrees", {kWhite, kBlue, kGreen, kRed}},
      {4, "mirrored top to bottom", {kBlue, kWhite, kRed, kGreen}},
      {5, "mirrored along the main diagonal", {kRed, kBlue, kGreen, kWhite}},
      {6, "to be turned clockwise", {kBlue, kRed, kWhite, kGreen}},
      {7, "mirrored along the other diagonal", {kWhite, kGreen, kBlue, kRed}},
      {8, "to be turned counter-clockwise", {kGreen, kWhite, kRed, kBlue}},
  };
  const Bytes jpeg = test::encode_jpeg(stored);
  const Bytes webp = test::encode_webp(stored);
  for (const auto& row : rows) {
    for (const bool big_endian : {false, true}) {
      const Bytes tiff = test::make_tiff(row.orientation, big_endian);
      for (const Bytes& file : {test::with_jpeg_exif(jpeg, tiff),
                                test::encode_png_with_exif(stored, tiff, Place::kBeforePixels),
                                test::encode_png_with_exif(stored, tiff, Place::kAfterPixels),
                                test::with_webp_exif(webp, tiff, stored)}) {
        SCOPED_TRACE(row.what);
        expect_quarters(decode_all(file), row.orientation >= 5 ? 32 : 64, row.shown);
      }
    }
  }
}

TEST(Decode, TheExifThatStandsFirstInAJpegCounts) {
  const Bytes jpeg = test::encode_jpeg(test::draw_photo(32, 16));
  const Bytes upright = test::with_jpeg_exif(jpeg, test::make_tiff(3, true));
  EXPECT_EQ(decode_all(upright)->width, 32);
  EXPECT_EQ(decode_all(test::with_jpeg_exif(upright, test::make_tiff(8, false)))->width, 16);
}

TEST(Decode, AWebpsExifMayBeginAsInAJpeg) {
  const Image photo = test::draw_photo(32, 16);
  Bytes exif = test::bytes_of(std::string_view("Exif\0\0", 6));
  const Bytes tiff = test::make_tiff(6, false);
  exif.insert(exif.end(), tiff.begin(), tiff.end());
  EXPECT_EQ(decode_all(test::with_webp_exif(test::encode_webp(photo), exif, photo))->width, 16);
}

TEST(Decode, ScalesLargeJpegsDownButNeverBelowEnough) {
  const struct {
    const char* what;
    int enough;
    int width;
    int height;
  } rows[] = {
      {"0 asks for full size", 0, 800, 600},
      {"more than there is: full size", 900, 800, 600},
      {"just more than half: full size", 301, 800, 600},
      {"exactly half is enough", 300, 400, 300},
      {"a quarter", 150, 200, 150},
      {"an eighth is the least the decoder offers", 10, 100, 75},
  };
  const Bytes jpeg = test::encode_jpeg(test::draw_photo(800, 600));
  for (const auto& row : rows) {
    const auto image = decode_all(jpeg, row.enough);
    ASSERT_TRUE(image.has_value()) << row.what;
    EXPECT_EQ(image->width, row.width) << row.what;
    EXPECT_EQ(image->height, row.height) << row.what;
  }
}

TEST(Decode, AnySizeComesBackLargeEnough) {
  EXPECT_TRUE(rc::check([] {
    const int width = *rc::gen::inRange(1, 200);
    const int height = *rc::gen::inRange(1, 200);
    const int enough = *rc::gen::inRange(0, 220);
    const auto image = decode_all(test::encode_jpeg(test::draw_photo(width, height), 60), enough);
    RC_ASSERT(image.has_value());
    const int shorter = std::min(width, height);
    RC_ASSERT(std::min(image->width, image->height) >= std::min(shorter, enough));
    RC_ASSERT(image->rgb.size() == static_cast<std::size_t>(image->width * image->height * 3));
  }));
}

TEST(Decode, ALargePngOrWebpIsShrunkTooAndShowsTheSame) {
  const Image photo = test::draw_photo(300, 201);
  for (const Bytes& file :
       {test::encode_png(photo), test::encode_png(photo, true), test::encode_webp(photo)}) {
    const auto shrunk = decode_all(file, 50);
    ASSERT_TRUE(shrunk);
    EXPECT_EQ(shrunk->width, 75);
    EXPECT_EQ(shrunk->height, 50);
    EXPECT_EQ(decode_all(file, 101)->height, 201);
  }
  const auto gray = decode_all(test::encode_gray_png(64, 77), 16);
  EXPECT_EQ(test::pixel(*gray, 7, 7), (Rgb{77, 77, 77}));
}

}  // namespace
}  // namespace cnnselect
