#include "image/row_shrinker.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace cnnselect {
namespace {

using Row = std::vector<std::uint8_t>;

TEST(RowShrinker, KeepsAPictureThatIsSmallAsItIs) {
  RowShrinker shrinker(2, 2, 2);
  shrinker.add(Row{1, 2, 3, 4, 5, 6});
  shrinker.add(Row{7, 8, 9, 10, 11, 12});
  EXPECT_EQ(shrinker.take().rgb, (Row{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
}

TEST(RowShrinker, LaysAlphaOverWhiteBeforeItAverages) {
  RowShrinker shrinker(2, 2, 1);
  shrinker.add(Row{0, 0, 0, 255, 0, 0, 0, 0});
  shrinker.add(Row{100, 200, 255, 51, 255, 255, 255, 255});
  // 0, 255, (100 + 4 x 255) / 5 = 224 and 255; and so on
  EXPECT_EQ(shrinker.take().rgb, (Row{184, 189, 191}));
}

TEST(RowShrinker, EveryPixelOfTheResultIsTheMeanOfItsBox) {
  RowShrinker shrinker(5, 4, 2);
  for (int y = 0; y < 4; ++y) {
    Row row;
    for (int x = 0; x < 5; ++x) row.insert(row.end(), 3, static_cast<std::uint8_t>(10 * y + x));
    shrinker.add(row);
  }
  const Image small = shrinker.take();
  EXPECT_EQ(small.width, 2);
  EXPECT_EQ(small.height, 2);
  // Boxes of 2 and 3 columns, of 2 rows: 5.5, 8, 25.5, 28.
  EXPECT_EQ(small.rgb, (Row{6, 6, 6, 8, 8, 8, 26, 26, 26, 28, 28, 28}));
}

TEST(RowShrinker, AnySizeOfOneColourStaysThatColourAndLargeEnough) {
  EXPECT_TRUE(rc::check([] {
    const int width = *rc::gen::inRange(1, 90);
    const int height = *rc::gen::inRange(1, 90);
    const int enough = *rc::gen::inRange(0, 100);
    const auto value = *rc::gen::arbitrary<std::uint8_t>();
    RowShrinker shrinker(width, height, enough);
    const Row row(static_cast<std::size_t>(width) * 3, value);
    for (int y = 0; y < height; ++y) shrinker.add(row);
    const Image image = shrinker.take();
    const int shorter = std::min(width, height);
    RC_ASSERT(std::min(image.width, image.height) >= std::min(shorter, enough));
    RC_ASSERT(image.rgb.size() == static_cast<std::size_t>(image.width * image.height * 3));
    RC_ASSERT(std::ranges::all_of(image.rgb, [&](int seen) { return seen == value; }));
  }));
}

}  // namespace
}  // namespace cnnselect
