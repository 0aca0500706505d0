#include "image/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "image/testing/test_pictures.h"

namespace cnnselect {
namespace {

using test::Bytes;
using test::JpegKind;
using test::Rgb;
using ::testing::HasSubstr;

constexpr Rgb kRed{250, 10, 10};
constexpr Rgb kGreen{10, 250, 10};
constexpr Rgb kBlue{10, 10, 250};
constexpr Rgb kWhite{250, 250, 250};

Result<Image> decode_all(std::span<const std::byte> encoded, int enough = 0) {
  return decode(encoded, DecodeLimits{}, enough);
}

bool close(const Rgb& a, const Rgb& b, int tolerance) {
  return std::ranges::equal(a, b, [&](int x, int y) { return std::abs(x - y) <= tolerance; });
}

void expect_error(const Result<Image>& result, ErrorCode code, const char* words) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, code) << result.error().message;
  EXPECT_THAT(result.error().message, HasSubstr(words));
}

void put_big_endian(Bytes& bytes, std::size_t at, std::size_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) {
    bytes.at(at + i) = static_cast<std::byte>(value >> (8 * (width - 1 - i)));
  }
}

/// Offset of the marker 0xff `code`, which the picture has.
std::size_t find_marker(const Bytes& jpeg, int code) {
  const std::array marker{std::byte{0xff}, static_cast<std::byte>(code)};
  return static_cast<std::size_t>(std::ranges::search(jpeg, marker).begin() - jpeg.begin());
}

TEST(Decode, ReadsEveryFormatToTheSamePixels) {
  const Image photo = test::draw_photo(64, 48);
  const struct {
    const char* what;
    Bytes encoded;
    int tolerance;
  } rows[] = {
      {"a PNG is lossless", test::encode(photo, ".png"), 0},
      {"a lossless WebP too", test::encode(photo, ".webp"), 0},
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
}

// The stored picture has red, green / blue, white quarters. Expected: what a viewer shows.
TEST(Decode, HonoursAllEightOrientations) {
  const Bytes stored =
      test::encode_jpeg(test::draw_quarters(64, 32, {kRed, kGreen, kBlue, kWhite}));
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
  for (const auto& row : rows) {
    for (const bool big_endian : {false, true}) {
      const auto image =
          decode_all(test::with_exif(stored, test::make_tiff(row.orientation, big_endian)));
      ASSERT_TRUE(image.has_value()) << row.what;
      const bool swapped = row.orientation >= 5;
      ASSERT_EQ(image->width, swapped ? 32 : 64) << row.what;
      ASSERT_EQ(image->height, swapped ? 64 : 32) << row.what;
      const int right = image->width * 3 / 4;
      const int low = image->height * 3 / 4;
      EXPECT_TRUE(close(test::pixel(*image, 8, 8), row.shown[0], 30)) << row.what;
      EXPECT_TRUE(close(test::pixel(*image, right, 8), row.shown[1], 30)) << row.what;
      EXPECT_TRUE(close(test::pixel(*image, 8, low), row.shown[2], 30)) << row.what;
      EXPECT_TRUE(close(test::pixel(*image, right, low), row.shown[3], 30)) << row.what;
    }
  }
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
  for (const char* kind : {".png", ".webp"}) {
    const auto shrunk = decode_all(test::encode(photo, kind), 50);
    ASSERT_TRUE(shrunk) << kind;
    EXPECT_EQ(shrunk->width, 75) << kind;
    EXPECT_EQ(shrunk->height, 50) << kind;
    EXPECT_EQ(decode_all(test::encode(photo, kind), 101)->height, 201) << kind;
  }
  const auto gray = decode_all(test::encode_gray_png(64, 77), 16);
  EXPECT_EQ(test::pixel(*gray, 7, 7), (Rgb{77, 77, 77}));
}

TEST(Decode, RefusesWhatIsNotAnImageAndSaysHowItStarts) {
  expect_error(decode_all({}), ErrorCode::kInvalidArgument, "empty");
  expect_error(decode_all(test::bytes_of("Dear server, I am no JPEG")),
               ErrorCode::kUnsupportedMedia, R"(44 65 61 72 20 73 65 72 "Dear ser")");
  expect_error(decode_all(test::bytes_of("GIF89a\x01\x02")), ErrorCode::kUnsupportedMedia,
               "not a JPEG, PNG or WebP");
  expect_error(decode_all(test::bytes_of("\xff")), ErrorCode::kUnsupportedMedia, "ff \".\"");
  expect_error(decode_all(test::bytes_of("RIFF1234WAVE")), ErrorCode::kUnsupportedMedia, "RIFF");
}

TEST(Decode, TruncatedFilesAreErrorsWhereverTheyAreCut) {
  const Image photo = test::draw_photo(96, 64, 20);
  const Bytes files[] = {test::encode_jpeg(photo),
                         test::encode_jpeg(photo, 90, JpegKind::kProgressive),
                         test::encode(photo, ".png"), test::encode(photo, ".webp")};
  for (const Bytes& file : files) {
    ASSERT_TRUE(decode_all(file).has_value());
    for (std::size_t tenth = 1; tenth < 10; ++tenth) {
      const auto cut = std::span(file).first(file.size() * tenth / 10);
      const auto image = decode_all(cut);
      ASSERT_FALSE(image.has_value()) << "file of " << file.size() << " cut at " << cut.size();
      EXPECT_EQ(image.error().code, ErrorCode::kInvalidArgument);
    }
    EXPECT_FALSE(decode_all(std::span(file).first(16)).has_value());
  }
  const Bytes jpeg = test::encode_jpeg(photo);
  expect_error(decode_all(std::span(jpeg).first(jpeg.size() - 2)), ErrorCode::kInvalidArgument,
               "truncated");
}

TEST(Decode, ForgivesStrayBytesInAJpegThatIsComplete) {
  const Image photo = test::draw_photo(64, 64);
  Bytes before_the_end = test::encode_jpeg(photo);
  before_the_end.insert(before_the_end.end() - 2, 5, std::byte{0x11});
  Bytes after_the_end = test::encode_jpeg(photo);
  after_the_end.insert(after_the_end.end(), 1000, std::byte{0});
  Bytes before_a_marker = test::encode_jpeg(photo);
  const auto tables = static_cast<std::ptrdiff_t>(find_marker(before_a_marker, 0xdb));
  before_a_marker.insert(before_a_marker.begin() + tables, 3, std::byte{0xff});
  for (const Bytes& odd : {before_the_end, after_the_end, before_a_marker}) {
    const auto image = decode_all(odd);
    ASSERT_TRUE(image.has_value()) << image.error().message;
    EXPECT_LE(test::largest_difference(*image, photo), 25);
  }
}

TEST(Decode, StrayBytesDoNotHideThatTheRestIsMissing) {
  Bytes jpeg = test::encode_jpeg(test::draw_photo(256, 256, 20), 90, JpegKind::kProgressive);
  // The second scan begins late: stray bytes before it give the decoder's first warning.
  const std::array scan{std::byte{0xff}, std::byte{0xda}};
  const auto first = std::ranges::search(jpeg, scan).end();
  const auto second = std::ranges::search(std::span(first, jpeg.end()), scan).begin();
  const auto at = (first - jpeg.begin()) + (second - std::span(first, jpeg.end()).begin());
  jpeg.insert(jpeg.begin() + at, 4, std::byte{0x22});
  jpeg.resize(jpeg.size() * 3 / 4);
  EXPECT_FALSE(decode_all(jpeg).has_value());
}

TEST(Decode, RefusesMoreBytesThanAllowed) {
  const Bytes png = test::encode_gray_png(8, 1);
  const DecodeLimits limits{.max_bytes = png.size() - 1};
  expect_error(decode(png, limits, 0), ErrorCode::kTooLarge,
               (std::to_string(png.size()) + " bytes; at most").c_str());
}

TEST(Decode, RefusesMorePixelsThanAllowedFromTheHeaderAlone) {
  const Image small = test::draw_photo(16, 16);
  Bytes png = test::encode(small, ".png");
  put_big_endian(png, 16, 100'000, 4);
  put_big_endian(png, 20, 100'000, 4);
  Bytes jpeg = test::encode_jpeg(small);
  const std::size_t frame = find_marker(jpeg, 0xc0);
  put_big_endian(jpeg, frame + 5, 60'000, 2);
  put_big_endian(jpeg, frame + 7, 60'000, 2);
  Bytes webp = test::bytes_of(std::string_view("RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0", 24));
  webp.resize(30, std::byte{0xff});  // 16777216 x 16777216
  for (const Bytes& bomb : {png, jpeg, webp}) {
    expect_error(decode_all(bomb), ErrorCode::kTooLarge, "at most 67108864 in all");
    expect_error(decode_all(bomb, 224), ErrorCode::kTooLarge, "at most 67108864 in all");
  }
  const DecodeLimits exact{.max_pixels = 256};
  EXPECT_TRUE(decode(test::encode(small, ".webp"), exact, 0).has_value());
  const DecodeLimits less{.max_pixels = 255};
  expect_error(decode(test::encode(small, ".webp"), less, 0), ErrorCode::kTooLarge, "16 x 16");
}

TEST(Decode, RefusesImpossibleHeaders) {
  Bytes png = test::encode_gray_png(8, 1);
  put_big_endian(png, 16, 0, 4);
  expect_error(decode_all(png), ErrorCode::kInvalidArgument, "0 x 8 pixels");
  Bytes negative = test::encode_gray_png(8, 1);
  put_big_endian(negative, 16, 0xffffffff, 4);
  EXPECT_FALSE(decode_all(negative).has_value());
  Bytes animation = test::bytes_of(std::string_view("RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\x02", 21));
  animation.resize(30);
  expect_error(decode_all(animation), ErrorCode::kUnsupportedMedia, "animation");
  Bytes odd = test::bytes_of("RIFF1234WEBPVP8Z");
  odd.resize(40);
  expect_error(decode_all(odd), ErrorCode::kInvalidArgument, "header");
}

TEST(Decode, SurvivesDamageAnywhere) {
  const Image photo = test::draw_photo(40, 30, 10);
  const std::array files{test::encode_jpeg(photo), test::encode(photo, ".png"),
                         test::encode(photo, ".webp"),
                         test::with_exif(test::encode_jpeg(photo), test::make_tiff(6, false))};
  EXPECT_TRUE(rc::check([&] {
    Bytes damaged = files.at(*rc::gen::inRange<std::size_t>(0, files.size()));
    const auto hits =
        *rc::gen::container<std::vector<std::pair<std::size_t, std::uint8_t>>>(rc::gen::pair(
            rc::gen::inRange<std::size_t>(0, damaged.size()), rc::gen::arbitrary<std::uint8_t>()));
    for (const auto& [at, value] : hits) damaged.at(at) = std::byte{value};
    const auto image = decode(damaged, DecodeLimits{.max_pixels = 10'000}, 16);
    if (image.has_value()) {
      RC_ASSERT(image->rgb.size() == static_cast<std::size_t>(image->width * image->height * 3));
    }
  }));
}

}  // namespace
}  // namespace cnnselect
