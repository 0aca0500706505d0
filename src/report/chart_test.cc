#include "report/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using testing::HasSubstr;
using testing::Not;

Series line(std::string label, std::vector<ChartPoint> points) {
  return {.label = std::move(label), .colour = "#0072b2", .points = std::move(points)};
}

Chart chart_of(std::vector<Series> series) {
  return {.name = "c",
          .title = "the title",
          .subtitle = "the run",
          .x_label = "SLA, ms",
          .panels = {{.title = "above",
                      .y_label = "share, %",
                      .y_low = 40,
                      .y_high = 100,
                      .series = std::move(series)}}};
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

std::vector<ChartPoint> points_with_spread(int how_many) {
  std::vector<ChartPoint> points;
  for (int i = 1; i <= how_many; ++i) {
    points.push_back({.x = 1.0 * i, .y = 50, .low = 45, .high = 55});
  }
  return points;
}

TEST(Chart, HoldsItsTextsDataAndRanges) {
  const std::string script =
      gnuplot_script(chart_of({line("a", {{.x = 100, .y = 50.5}, {.x = 300, .y = 60}})}));
  for (const char* text : {"'the title'", "'the run'", "'SLA, ms'", "'above'", "'share, %'"}) {
    EXPECT_THAT(script, HasSubstr(text));
  }
  EXPECT_THAT(script, HasSubstr("$panel0_series0 << END\n100 50.5 NaN NaN\n300 60 NaN NaN\nEND\n"));
  EXPECT_THAT(script, HasSubstr("set xrange [97:303]\n")) << "1.5 % of 200 on both sides";
  EXPECT_THAT(script, HasSubstr("set yrange [40:100]\n"));
  EXPECT_THAT(script, HasSubstr("set termoption noenhanced\n")) << "or MobileNet_1 had an index";
}

TEST(Chart, OneXValueGetsRoomAroundIt) {
  EXPECT_THAT(gnuplot_script(chart_of({line("a", {{.x = 200, .y = 50}})})),
              HasSubstr("set xrange [180:220]\n"));
  EXPECT_THAT(gnuplot_script(chart_of({})), HasSubstr("set xrange [0:1]\n"));
}

TEST(Chart, SpreadIsBarsForFewPointsAndABandForMany) {
  const std::string few = gnuplot_script(chart_of({line("a", points_with_spread(25))}));
  EXPECT_THAT(few, HasSubstr("using 1:2:3:4 with yerrorbars"));
  EXPECT_THAT(few, HasSubstr("with linespoints"));
  EXPECT_THAT(few, Not(HasSubstr("filledcurves")));
  const std::string many = gnuplot_script(chart_of({line("a", points_with_spread(26))}));
  EXPECT_THAT(many, HasSubstr("using 1:3:4 with filledcurves fs transparent"));
  EXPECT_THAT(many, Not(HasSubstr("yerrorbars")));
  EXPECT_THAT(many, Not(HasSubstr("linespoints")));
}

TEST(Chart, WithoutSpreadThereAreNeitherBarsNorBands) {
  const std::string script = gnuplot_script(chart_of({line("a", {{.x = 1, .y = 50}})}));
  EXPECT_THAT(script, Not(HasSubstr("yerrorbars")));
  EXPECT_THAT(script, Not(HasSubstr("filledcurves")));
}

TEST(Chart, EveryBandLiesBelowEveryLine) {
  const std::string script = gnuplot_script(
      chart_of({line("a", points_with_spread(30)), line("b", points_with_spread(30))}));
  EXPECT_LT(script.find("$panel0_series1 using 1:3:4 with filledcurves"),
            script.find("$panel0_series0 using 1:2 with lines"));
}

TEST(Chart, ALabelStandsInTheLegendOnceHoweverManyPanelsHaveIt) {
  Chart chart = chart_of({line("a", {{.x = 1, .y = 50}}), line("b", {})});
  chart.panels.push_back(chart.panels.front());
  chart.panels.back().series.push_back(line("only here", {{.x = 1, .y = 1}}));
  const std::string script = gnuplot_script(chart);
  EXPECT_EQ(count(script, "title 'a'"), 1U);
  EXPECT_EQ(count(script, "title 'b'"), 1U) << "a line without data keeps its place";
  EXPECT_EQ(count(script, "title 'only here'"), 1U);
  EXPECT_EQ(count(script, "$panel0_series1"), 0U);
  EXPECT_EQ(count(script, "'SLA, ms'"), 1U) << "below the last panel";
}

TEST(Chart, AreasFillFromLowToYTheUppermostFirstInTheLegend) {
  const auto area = [](const char* label, double low, double high) {
    Series series =
        line(label, {{.x = 0, .y = high, .low = low}, {.x = 10, .y = high, .low = low}});
    series.mark = Series::Mark::kArea;
    return series;
  };
  const std::string script =
      gnuplot_script(chart_of({area("lower", 0, 60), area("upper", 60, 90)}));
  EXPECT_THAT(script, HasSubstr("$panel0_series1 using 1:3:2 with filledcurves fs solid"));
  EXPECT_THAT(script, HasSubstr("0 90 60 NaN\n"));
  EXPECT_LT(script.find("title 'upper'"), script.find("title 'lower'"));
  EXPECT_THAT(script, HasSubstr("set xrange [0:10]\n")) << "areas reach both ends";
}

TEST(Chart, DashesTellLinesOfOneColourApart) {
  Series solid = line("solid", {{.x = 1, .y = 50}});
  Series dotted = solid;
  dotted.label = "dotted";
  dotted.dash = 2;
  Series reference = solid;
  reference.label = "reference";
  reference.mark = Series::Mark::kDashes;
  const std::string script = gnuplot_script(chart_of({solid, dotted, reference}));
  EXPECT_THAT(script, HasSubstr("dt solid title 'solid'"));
  EXPECT_THAT(script, HasSubstr("dt (3,4) title 'dotted'"));
  EXPECT_THAT(script, HasSubstr("dt (7,5) title 'reference'"));
}

TEST(Chart, GrowsWithPanelsLegendAndText) {
  Chart chart = chart_of({line("a", {})});
  const ChartSize one = chart_size(chart);
  chart.panels.push_back(chart.panels.front());
  const ChartSize two = chart_size(chart);
  EXPECT_EQ(two.width, one.width);
  EXPECT_GT(two.height, one.height);
  for (int i = 0; i < 100; ++i) chart.panels[0].series.push_back(line(std::to_string(i), {}));
  EXPECT_GT(chart_size(chart).height, two.height) << "a hundred names need more than two panels";
  chart.panels[0].series.push_back(line(std::string(40, 'm'), {}));
  const int wide = chart_size(chart).width;
  EXPECT_GT(wide, two.width);
  chart.subtitle = std::string(200, 'n');
  EXPECT_GT(chart_size(chart).width, wide);
}

TEST(Chart, NothingInATextIsExpandedOrEndsItsString) {
  EXPECT_EQ(gnuplot_quoted("it's `rm` \"$x\"\\n"), "'it''s `rm` \"$x\"\\n'");
  EXPECT_EQ(gnuplot_quoted("two\nlines\tand\x7f"), "'two lines and '");
  EXPECT_EQ(gnuplot_quoted("\xc3\xa9t\xc3\xa9"), "'\xc3\xa9t\xc3\xa9'");
}

}  // namespace
}  // namespace cnnselect
