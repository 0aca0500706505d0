// Damaged, cut and hostile files: what is still a picture, what is refused, and in which words.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "image/decode.h"
#include "image/testing/decoding.h"
#include "image/testing/test_pictures.h"

namespace cnnselect {
namespace {

using test::Bytes;
using test::decode_all;
using test::expect_error;
using test::JpegKind;
using test::Rgb;

void put_big_endian(Bytes& bytes, std::size_t at, std::size_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) {
    bytes.at(at + i) = static_cast<std::byte>(value >> (8 * (width - 1 - i)));
  }
}

/// Offset of the marker 0xff `code`, which the picture has.
std::ptrdiff_t find_marker(const Bytes& jpeg, int code) {
  const std::array marker{std::byte{0xff}, static_cast<std::byte>(code)};
  return std::ranges::search(jpeg, marker).begin() - jpeg.begin();
}

TEST(DecodeRefusals, RefusesWhatIsNotAnImageAndSaysHowItStarts) {
  expect_error(decode_all({}), ErrorCode::kInvalidArgument, "empty");
  expect_error(decode_all(test::bytes_of("Dear server, I am no JPEG")),
               ErrorCode::kUnsupportedMedia, R"(44 65 61 72 20 73 65 72 "Dear ser")");
  expect_error(decode_all(test::bytes_of("GIF89a\x01\x02")), ErrorCode::kUnsupportedMedia,
               "not a JPEG, PNG or WebP");
  expect_error(decode_all(test::bytes_of("\xff")), ErrorCode::kUnsupportedMedia, "ff \".\"");
  expect_error(decode_all(test::bytes_of("RIFF1234WAVE")), ErrorCode::kUnsupportedMedia, "RIFF");
}

TEST(DecodeRefusals, TruncatedFilesAreErrorsWhereverTheyAreCut) {
  const Image photo = test::draw_photo(96, 64, 20);
  const Bytes files[] = {test::encode_jpeg(photo),
                         test::encode_jpeg(photo, 90, JpegKind::kProgressive),
                         test::encode_png(photo), test::encode_webp(photo)};
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
}

TEST(DecodeRefusals, NeedsNoMarkThatThePictureEnds) {
  const Image photo = test::draw_photo(96, 64, 20);
  const struct {
    const char* what;
    Bytes file;
    std::size_t mark;  ///< bytes of it
  } rows[] = {
      {"a JPEG without EOI", test::encode_jpeg(photo), 2},
      {"a progressive one", test::encode_jpeg(photo, 95, JpegKind::kProgressive), 2},
      {"one of a scan for each colour", test::encode_jpeg_by_colour(photo), 2},
      {"a PNG without IEND", test::encode_png(photo), 12},
      {"an interlaced one", test::encode_png(photo, true), 12},
  };
  for (const auto& row : rows) {
    const auto whole = decode_all(row.file);
    const std::size_t end = row.file.size() - row.mark;
    const auto image = decode_all(std::span(row.file).first(end));
    ASSERT_TRUE(image.has_value()) << row.what << ": " << image.error().message;
    EXPECT_EQ(test::largest_difference(*image, *whole), 0) << row.what;
    expect_error(decode_all(std::span(row.file).first(end - 4)), ErrorCode::kInvalidArgument,
                 "it is truncated");
  }
}

TEST(DecodeRefusals, AJpegThatEndsBetweenItsScansIsTruncated) {
  const Image photo = test::draw_photo(96, 64, 20);
  for (const Bytes& jpeg :
       {test::encode_jpeg(photo, 95, JpegKind::kProgressive), test::encode_jpeg_by_colour(photo)}) {
    const std::array scan{std::byte{0xff}, std::byte{0xda}};
    const auto last = std::ranges::find_end(jpeg, scan).begin();
    expect_error(decode_all(std::span(jpeg.begin(), last)), ErrorCode::kInvalidArgument,
                 "it is truncated");
  }
}

TEST(DecodeRefusals, ForgivesStrayBytesInAJpegThatIsComplete) {
  const Image photo = test::draw_photo(64, 64);
  Bytes before_the_end = test::encode_jpeg(photo);
  before_the_end.insert(before_the_end.end() - 2, 5, std::byte{0x11});
  Bytes after_the_end = test::encode_jpeg(photo);
  after_the_end.insert(after_the_end.end(), 1000, std::byte{0});
  Bytes fill_bytes = test::encode_jpeg(photo);
  const auto tables = find_marker(fill_bytes, 0xdb);
  fill_bytes.insert(fill_bytes.begin() + tables, 3, std::byte{0xff});
  Bytes garbage = test::encode_jpeg(photo);
  garbage.insert(garbage.begin() + tables, 30, std::byte{0x11});
  Bytes after_the_start = test::encode_jpeg(photo);
  after_the_start.insert(after_the_start.begin() + 2, 3, std::byte{0});
  for (const Bytes& odd : {before_the_end, after_the_end, fill_bytes, garbage, after_the_start}) {
    const auto image = decode_all(odd);
    ASSERT_TRUE(image.has_value()) << image.error().message;
    EXPECT_LE(test::largest_difference(*image, photo), 25);
  }
}

TEST(DecodeRefusals, StrayBytesDoNotHideTheOrientation) {
  const Bytes jpeg = test::encode_jpeg(test::draw_photo(32, 16));
  for (const int stray : {0x11, 0xff}) {
    Bytes odd = test::with_jpeg_exif(jpeg, test::make_tiff(6, true));
    odd.insert(odd.begin() + 2, 7, static_cast<std::byte>(stray));
    const auto image = decode_all(odd);
    ASSERT_TRUE(image.has_value()) << image.error().message;
    EXPECT_EQ(image->width, 16);
  }
}

TEST(DecodeRefusals, StrayBytesDoNotHideThatTheRestIsMissing) {
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

TEST(DecodeRefusals, RefusesMoreBytesThanAllowed) {
  const Bytes png = test::encode_gray_png(8, 1);
  const DecodeLimits limits{.max_bytes = png.size() - 1};
  expect_error(decode(png, limits, 0), ErrorCode::kTooLarge,
               (std::to_string(png.size()) + " bytes; at most").c_str());
}

TEST(DecodeRefusals, RefusesMorePixelsThanAllowedFromTheHeaderAlone) {
  const Image small = test::draw_photo(16, 16);
  Bytes png = test::encode_png(small);
  put_big_endian(png, 16, 100'000, 4);
  put_big_endian(png, 20, 100'000, 4);
  Bytes webp = test::bytes_of(std::string_view("RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0", 24));
  webp.resize(30);
  webp[25] = webp[28] = std::byte{0x40};  // 16385 x 16385
  expect_error(decode_all(png), ErrorCode::kTooLarge,
               "100000 x 100000 pixels, 10000000000 in all; at most 67108864 are decoded");
  expect_error(decode_all(webp, 224), ErrorCode::kTooLarge, "16385 x 16385");
  const DecodeLimits exact{.max_pixels = 256};
  EXPECT_TRUE(decode(test::encode_webp(small), exact, 0).has_value());
  const DecodeLimits less{.max_pixels = 255};
  expect_error(decode(test::encode_webp(small), less, 0), ErrorCode::kTooLarge, "16 x 16");
}

TEST(DecodeRefusals, CountsAJpegsPixelsAfterItWasScaledDown) {
  const Image photo = test::draw_photo(160, 80);
  const Bytes jpeg = test::encode_jpeg(photo);
  const DecodeLimits quarter{.max_pixels = 40 * 80};
  EXPECT_EQ(decode(jpeg, quarter, 40)->width, 80);
  expect_error(decode(jpeg, quarter, 41), ErrorCode::kTooLarge,
               "the JPEG has 160 x 80 pixels, 12800 in all; at most 3200 are decoded");
  const DecodeLimits less{.max_pixels = 1600};
  expect_error(decode(jpeg, less, 40), ErrorCode::kTooLarge, "scaled down, has 80 x 40 pixels");
  EXPECT_EQ(decode(jpeg, less, 20)->width, 40);
  const DecodeLimits little{.max_pixels = 1599};
  expect_error(decode(jpeg, little, 10), ErrorCode::kTooLarge,
               "the JPEG has 160 x 80 pixels, 12800 in all; at most 12792 are scaled down");
}

TEST(DecodeRefusals, CountsAJpegOfSeveralScansWhole) {
  const Image photo = test::draw_photo(160, 80);
  for (const Bytes& jpeg :
       {test::encode_jpeg(photo, 95, JpegKind::kProgressive), test::encode_jpeg_by_colour(photo)}) {
    EXPECT_EQ(decode(jpeg, {.max_pixels = 12'800}, 10)->width, 20);
    expect_error(decode(jpeg, {.max_pixels = 12'799}, 10), ErrorCode::kTooLarge,
                 "the JPEG of several scans has 160 x 80 pixels, 12800 in all; at most 12799");
  }
}

// Each scan over the whole picture takes its time, and may be of a few bytes.
TEST(DecodeRefusals, RefusesScansWithoutEnd) {
  const Image photo = test::draw_photo(64, 64);
  Bytes jpeg = test::encode_jpeg(photo, 95, JpegKind::kProgressive);
  const std::span first(jpeg.begin() + find_marker(jpeg, 0xda), jpeg.end());
  const std::array tables{std::byte{0xff}, std::byte{0xc4}};
  const Bytes again(first.begin(), std::ranges::search(first, tables).begin());
  const auto repeat = [&](int times) {
    for (int i = 0; i < times; ++i) {
      jpeg.insert(jpeg.begin() + find_marker(jpeg, 0xda), again.begin(), again.end());
    }
  };
  repeat(40);
  EXPECT_TRUE(decode_all(jpeg).has_value()) << "50 scans";
  expect_error(decode(jpeg, {.max_pixels = 64 * 64}, 0), ErrorCode::kInvalidArgument,
               "more than 32 scans, which is the most for its 64 x 64 pixels");
  repeat(460);
  expect_error(decode_all(jpeg), ErrorCode::kInvalidArgument, "more than 500 scans");
}

TEST(DecodeRefusals, RefusesImpossibleHeaders) {
  Bytes png = test::encode_gray_png(8, 1);
  put_big_endian(png, 16, 0, 4);
  expect_error(decode_all(png), ErrorCode::kInvalidArgument, "0 x 8 pixels");
  Bytes negative = test::encode_gray_png(8, 1);
  put_big_endian(negative, 16, 0xffffffff, 4);
  expect_error(decode_all(negative), ErrorCode::kTooLarge, "4294967295 x 8 pixels");
  put_big_endian(negative, 20, 0xffffffff, 4);
  expect_error(decode_all(negative), ErrorCode::kTooLarge, ", 18446744065119617025 in all");
  Bytes animation = test::bytes_of(std::string_view("RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\x02", 21));
  animation.resize(30);
  expect_error(decode_all(animation), ErrorCode::kUnsupportedMedia, "animation");
  Bytes odd = test::bytes_of("RIFF1234WEBPVP8Z");
  odd.resize(40);
  expect_error(decode_all(odd), ErrorCode::kInvalidArgument, "header");
}

TEST(DecodeRefusals, SurvivesDamageAnywhere) {
  const Image photo = test::draw_photo(40, 30, 10);
  const std::array files{test::encode_jpeg(photo), test::encode_png(photo),
                         test::encode_webp(photo),
                         test::with_jpeg_exif(test::encode_jpeg(photo), test::make_tiff(6, false))};
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
