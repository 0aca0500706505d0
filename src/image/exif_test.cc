#include "image/exif.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "image/testing/test_pictures.h"

namespace cnnselect {
namespace {

using test::Bytes;

constexpr auto make = test::make_tiff;

Bytes changed(Bytes bytes, std::size_t at, int value) {
  bytes.at(at) = static_cast<std::byte>(value);
  return bytes;
}

TEST(Exif, ReadsTheOrientationInBothByteOrders) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(tiff_orientation(make(orientation, false)), orientation);
    EXPECT_EQ(tiff_orientation(make(orientation, true)), orientation);
  }
}

TEST(Exif, NonsenseIsUpright) {
  const Bytes good = make(6, false);
  const struct {
    const char* what;
    Bytes tiff;
  } rows[] = {
      {"nothing at all", {}},
      {"no byte order", changed(good, 0, 'X')},
      {"not 42", changed(good, 2, 43)},
      {"the directory is far outside", changed(good, 7, 0xff)},
      {"the directory is the last byte", changed(good, 4, static_cast<int>(good.size() - 1))},
      {"no entries", changed(good, 8, 0)},
      {"another tag", changed(good, 10, 0x13)},
      {"a 32-bit number", changed(good, 12, 4)},
      {"orientation 0", make(0, false)},
      {"orientation 9", make(9, true)},
  };
  for (const auto& row : rows) EXPECT_EQ(tiff_orientation(row.tiff), 1) << row.what;
}

TEST(Exif, ManyClaimedEntriesAreReadOnlyAsFarAsTheyGo) {
  Bytes tiff = changed(make(6, false), 9, 0xff);
  EXPECT_EQ(tiff_orientation(tiff), 6);
  tiff = changed(std::move(tiff), 10, 0x13);
  EXPECT_EQ(tiff_orientation(tiff), 1);
}

TEST(JpegMarkers, FindsTheScanAndTheFirstExifSegment) {
  const Bytes jpeg = test::encode_jpeg(test::draw_photo(16, 16));
  const JpegMarkers plain = read_markers(jpeg);
  EXPECT_EQ(plain.orientation, 1);
  ASSERT_LT(plain.scan + 1, jpeg.size());
  EXPECT_EQ(jpeg[plain.scan], std::byte{0xff});
  EXPECT_EQ(jpeg[plain.scan + 1], std::byte{0xda});
  const Bytes tagged = test::with_exif(test::with_exif(jpeg, make(3, true)), make(8, false));
  EXPECT_EQ(read_markers(tagged).orientation, 8) << "the one that stands first";
}

TEST(JpegMarkers, ASegmentLongerThanTheFileEndsTheSearch) {
  Bytes jpeg = test::with_exif(test::encode_jpeg(test::draw_photo(16, 16)), make(6, true));
  jpeg = changed(changed(std::move(jpeg), 4, 0xff), 5, 0xff);
  const JpegMarkers markers = read_markers(jpeg);
  EXPECT_EQ(markers.orientation, 6) << "what is there of the segment still counts";
  EXPECT_EQ(markers.scan, jpeg.size());
}

TEST(JpegMarkers, AnyBytesAreSafe) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& noise, bool tagged) {
    Bytes jpeg = test::bytes_of("\xff\xd8");
    if (tagged) jpeg = test::with_exif(jpeg, test::bytes_of("II*"));
    for (const std::uint8_t byte : noise) jpeg.push_back(std::byte{byte});
    const JpegMarkers markers = read_markers(jpeg);
    RC_ASSERT(markers.orientation >= 1);
    RC_ASSERT(markers.orientation <= 8);
    RC_ASSERT(markers.scan <= jpeg.size());
  }));
}

}  // namespace
}  // namespace cnnselect
