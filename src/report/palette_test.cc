#include "report/palette.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace cnnselect {
namespace {

TEST(Palette, TwentyOneLinesAreUnlikeEachOtherAndSevenOfThemSolid) {
  std::set<std::pair<std::string_view, int>> seen;
  for (std::size_t i = 0; i < 28; ++i) {
    const LineStyle style = line_style(i);
    EXPECT_TRUE(seen.insert({style.colour, style.dash}).second) << i;
    EXPECT_EQ(style.dash == 0, i < 7) << i;
  }
  EXPECT_EQ(line_style(28).colour, line_style(0).colour) << "and then it begins again";
  EXPECT_EQ(line_style(28).dash, 0);
}

TEST(Palette, AreasGoFromOneEndToTheOther) {
  EXPECT_EQ(area_colour(0, 1), "#d1bbd7");
  EXPECT_EQ(area_colour(0, 2), "#d1bbd7");
  EXPECT_EQ(area_colour(1, 2), "#dc050c");
  EXPECT_EQ(area_colour(1, 3), "#7bafde");
  EXPECT_EQ(area_colour(7, 11), "#cae0ab");
}

TEST(Palette, PastElevenAreasTheColoursBetweenAreMixed) {
  // 21 areas: every second one is half way between two; (d1 + ae) / 2 = bf.8.
  EXPECT_EQ(area_colour(2, 21), "#ae76a3");
  EXPECT_EQ(area_colour(1, 21), "#c099bd");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < 100; ++i) seen.insert(area_colour(i, 100));
  EXPECT_EQ(seen.size(), 100U);
}

}  // namespace
}  // namespace cnnselect
