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

TEST(Exif, ASegmentSaysByItsFirstBytesThatItIsOne) {
  Bytes segment = test::bytes_of(std::string_view("Exif\0\0", 6));
  const Bytes tiff = make(6, true);
  segment.insert(segment.end(), tiff.begin(), tiff.end());
  const auto inside = tiff_of_exif_segment(segment);
  ASSERT_TRUE(inside);
  EXPECT_EQ(tiff_orientation(*inside), 6);
  EXPECT_FALSE(tiff_of_exif_segment(changed(segment, 5, 1)));
  EXPECT_FALSE(tiff_of_exif_segment(std::span(segment).first(5)));
  EXPECT_TRUE(tiff_of_exif_segment(std::span(segment).first(6))->empty());
}

TEST(Exif, AnyBytesAreSafe) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& noise, bool tagged) {
    Bytes tiff = tagged ? test::bytes_of(std::string_view("II*\0\x08\0\0\0", 8)) : Bytes{};
    for (const std::uint8_t byte : noise) tiff.push_back(std::byte{byte});
    const int orientation = tiff_orientation(tiff);
    RC_ASSERT(orientation >= 1);
    RC_ASSERT(orientation <= 8);
  }));
}

}  // namespace
}  // namespace cnnselect
