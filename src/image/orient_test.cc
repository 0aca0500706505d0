#include "image/orient.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "image/testing/test_pictures.h"

namespace cnnselect {
namespace {

/// A picture of two rows of three pixels, each of one letter.
Image letters(const char* text, int width, int height) {
  Image image{width, height, {}};
  for (const char* c = text; *c != '\0'; ++c)
    image.rgb.insert(image.rgb.end(), 3, static_cast<std::uint8_t>(*c));
  return image;
}

TEST(Upright, UndoesEachOrientation) {
  const struct {
    int orientation;
    const char* shown;
    int width;
  } rows[] = {
      {1, "abcdef", 3}, {2, "cbafed", 3}, {3, "fedcba", 3}, {4, "defabc", 3}, {5, "adbecf", 2},
      {6, "daebfc", 2}, {7, "fcebda", 2}, {8, "cfbead", 2}, {0, "abcdef", 3}, {9, "abcdef", 3},
  };
  for (const auto& row : rows) {
    const Image image = upright(letters("abcdef", 3, 2), row.orientation);
    EXPECT_EQ(image.width, row.width) << row.orientation;
    EXPECT_EQ(image.rgb, letters(row.shown, row.width, 6 / row.width).rgb) << row.orientation;
  }
}

TEST(Upright, TwoWrongsMakeARight) {
  EXPECT_TRUE(rc::check([] {
    const Image photo = test::draw_photo(*rc::gen::inRange(1, 20), *rc::gen::inRange(1, 20), 50);
    const int orientation = *rc::gen::inRange(1, 9);
    constexpr int kInverse[] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
    const Image back = upright(upright(photo, orientation), kInverse[orientation]);
    RC_ASSERT(test::largest_difference(back, photo) == 0);
  }));
}

}  // namespace
}  // namespace cnnselect
