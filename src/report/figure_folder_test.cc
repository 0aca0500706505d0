#include "report/figure_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <cstdlib>
#include <sstream>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Chart small_chart() {
  return {.name = "small",
          .title = "a < b & 'c'",
          .subtitle = "network normal(31.5,7.5)",
          .x_label = "SLA, ms",
          .panels = {{.title = "panel",
                      .y_label = "share, %",
                      .y_high = 100,
                      .series = {{.label = "policy_one",
                                  .colour = "#0072b2",
                                  .points = {{.x = 1, .y = 20, .low = 10, .high = 30},
                                             {.x = 2, .y = 80, .low = 70, .high = 90}}}}}}};
}

class FigureFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("gnuplot --version >/dev/null 2>&1") != 0) {  // NOLINT(cert-env33-c)
      GTEST_SKIP() << "gnuplot is not installed (Debian package gnuplot-nox)";
    }
  }
  TemporaryFolder folder_;
};

TEST_F(FigureFolderTest, DrawsSvgAndPngAndKeepsTheScript) {
  const auto where = folder_.path() / "made" / "here";
  const auto figures = FigureFolder::open(where);
  ASSERT_TRUE(figures) << figures.error().message;
  const Status drawn = figures->draw(small_chart());
  ASSERT_TRUE(drawn) << drawn.error().message;

  std::istringstream svg(folder_.read("made/here/small.svg"));
  boost::property_tree::ptree tree;
  ASSERT_NO_THROW(boost::property_tree::read_xml(svg, tree)) << svg.str();
  EXPECT_EQ(tree.count("svg"), 1U);
  for (const char* text : {"policy_one", "a &lt; b &amp; 'c'", "share, %", "normal(31.5,7.5)"}) {
    EXPECT_THAT(svg.str(), HasSubstr(text));
  }
  EXPECT_THAT(folder_.read("made/here/small.png"), StartsWith("\x89PNG\r\n\x1a\n"));
  EXPECT_EQ(folder_.read("made/here/small.gp"), gnuplot_script(small_chart()));
}

TEST_F(FigureFolderTest, TheSameChartGivesTheSameBytes) {
  const auto figures = FigureFolder::open(folder_.path());
  ASSERT_TRUE(figures);
  ASSERT_TRUE(figures->draw(small_chart()));
  const std::string svg = folder_.read("small.svg");
  const std::string png = folder_.read("small.png");
  ASSERT_TRUE(figures->draw(small_chart()));
  EXPECT_EQ(folder_.read("small.svg"), svg);
  EXPECT_EQ(folder_.read("small.png"), png);
}

TEST_F(FigureFolderTest, EmptyPanelsAreDrawnToo) {
  Chart chart = small_chart();
  chart.panels[0].series[0].points.clear();
  const auto figures = FigureFolder::open(folder_.path());
  ASSERT_TRUE(figures);
  const Status drawn = figures->draw(chart);
  EXPECT_TRUE(drawn) << drawn.error().message;
}

TEST_F(FigureFolderTest, WhatGnuplotSaysIsInTheError) {
  Chart chart = small_chart();
  chart.panels[0].series[0].colour = "no such colour";
  const auto figures = FigureFolder::open(folder_.path());
  ASSERT_TRUE(figures);
  const Status drawn = figures->draw(chart);
  ASSERT_FALSE(drawn);
  EXPECT_THAT(drawn.error().message, HasSubstr("gnuplot failed in " + folder_.path().string()));
  EXPECT_THAT(drawn.error().message, HasSubstr("small.gp"));
  EXPECT_THAT(drawn.error().message, HasSubstr("color"));
}

TEST_F(FigureFolderTest, AFileThatCannotBeWrittenIsNamed) {
  std::filesystem::create_directory(folder_.path() / "small.png");
  const auto figures = FigureFolder::open(folder_.path());
  ASSERT_TRUE(figures);
  const Status png = figures->draw(small_chart());
  ASSERT_FALSE(png);
  EXPECT_THAT(png.error().message, HasSubstr("small.png"));

  std::filesystem::remove(folder_.path() / "small.gp");
  std::filesystem::create_directory(folder_.path() / "small.gp");
  const Status script = figures->draw(small_chart());
  ASSERT_FALSE(script);
  EXPECT_THAT(script.error().message, HasSubstr("small.gp: cannot be written"));
}

TEST_F(FigureFolderTest, AFullDiskIsNoticed) {
  std::filesystem::create_symlink("/dev/full", folder_.path() / "small.svg");
  const auto figures = FigureFolder::open(folder_.path());
  ASSERT_TRUE(figures);
  const Status drawn = figures->draw(small_chart());
  ASSERT_FALSE(drawn);
  EXPECT_THAT(drawn.error().message, HasSubstr("small.svg"));
}

TEST(FigureFolderOpen, AFileInTheWayIsNamed) {
  const TemporaryFolder folder;
  const auto file = folder.write("taken", "");
  const auto figures = FigureFolder::open(file);
  ASSERT_FALSE(figures);
  EXPECT_THAT(figures.error().message, StartsWith(file.string() + ": no folder to write into: "));
  EXPECT_FALSE(FigureFolder::open(file / "below"));
}

TEST(FigureFolderOpen, WithoutGnuplotThePackageIsNamed) {
  const TemporaryFolder folder;
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", folder.path().c_str(), 1);
  const auto figures = FigureFolder::open(folder.path());
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(figures);
  EXPECT_THAT(figures.error().message, HasSubstr("Debian package gnuplot-nox"));
}

}  // namespace
}  // namespace cnnselect
