#include "sim/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <functional>
#include <set>

#include "base/testing/temporary_folder.h"
#include "select/registry.h"
#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

/// Shares are of small, medium and large.
SweepPoint point(std::string policy, Duration sla, std::vector<double> shares) {
  return {.policy = std::move(policy),
          .sla = sla,
          .summary = {.requests = 1000,
                      .attainment = 0.9,
                      .attainment_half = 0.2,
                      .effective_accuracy = 0.5,
                      .effective_half = 0.01,
                      .mean_accuracy = 0.62,
                      .mean = 80ms,
                      .p25 = 60ms,
                      .p50 = 70ms,
                      .p75 = 100ms,
                      .shares = std::move(shares)},
          .bound = 0.75};
}

std::vector<SweepPoint> two_policies() {
  return {point("cnnselect", 200ms, {0.25, 0, 0.75}), point("cnnselect", 100ms, {1, 0, 0}),
          point("oracle", 100ms, {0, 0.5, 0.5}), point("oracle", 200ms, {0, 0, 1})};
}

std::vector<Chart> charts_of(const std::vector<SweepPoint>& points) {
  return sweep_charts(points, three_models(), std::nullopt, "the run");
}

TEST(SweepCharts, MarkThePhonesOwnTimeInFig12) {
  const auto charts =
      sweep_charts(two_policies(), three_models(),
                   SimulatedModel{.name = "device", .accuracy = 0.4, .mean = 139ms}, "the run");
  for (const Panel& panel : charts[0].panels) {
    const Series& mark = panel.series.back();
    EXPECT_EQ(mark.label, "the phone alone: 139 ms");
    ASSERT_EQ(mark.points.size(), 2U);
    EXPECT_EQ(mark.points[0].x, 139);
    EXPECT_EQ(mark.points[1].x, 139);
    EXPECT_EQ(mark.points[0].y, panel.y_low);
    EXPECT_EQ(mark.points[1].y, panel.y_high);
  }
  for (const Panel& panel : charts[1].panels) {
    EXPECT_NE(panel.series.back().label, "the phone alone: 139 ms");
  }
}

std::vector<double> xs(const Series& series) {
  std::vector<double> all;
  for (const ChartPoint& point : series.points) all.push_back(point.x);
  return all;
}

TEST(SweepCharts, AreThePapersThree) {
  const auto charts = charts_of(two_policies());
  ASSERT_EQ(charts.size(), 3U);
  EXPECT_EQ(charts[0].name, "fig12");
  EXPECT_EQ(charts[1].name, "fig13a");
  EXPECT_EQ(charts[2].name, "fig13b");
  for (const Chart& chart : charts) {
    EXPECT_EQ(chart.subtitle, "the run");
    EXPECT_EQ(chart.x_label, "SLA, ms");
  }
}

TEST(SweepCharts, Fig12HasMissedSlasAccuracyAndEffectiveAccuracyInPercent) {
  const Chart chart = charts_of(two_policies())[0];
  ASSERT_EQ(chart.panels.size(), 3U);
  const Series& missed = chart.panels[0].series[0];
  EXPECT_EQ(missed.label, "cnnselect");
  EXPECT_THAT(xs(missed), ElementsAre(100, 200)) << "in the SLAs' order, not in the run's";
  EXPECT_NEAR(missed.points[0].y, 10, 1e-9);
  EXPECT_EQ(missed.points[0].low, 0) << "10 - 20 would be below nothing";
  EXPECT_NEAR(missed.points[0].high, 30, 1e-9);
  EXPECT_NEAR(chart.panels[1].series[0].points[0].y, 62, 1e-9);
  EXPECT_EQ(chart.panels[1].y_low, 60);
  const auto& effective = chart.panels[2].series;
  EXPECT_NEAR(effective[0].points[0].low, 49, 1e-9);
  EXPECT_EQ(effective.back().label, "bound of every policy");
  EXPECT_EQ(effective.back().points[1].y, 75);
}

TEST(SweepCharts, Fig13aHasTheQuartilesAndTheSlaItself) {
  const Chart chart = charts_of(two_policies())[1];
  ASSERT_EQ(chart.panels.size(), 2U);
  const ChartPoint& latency = chart.panels[0].series[0].points[0];
  EXPECT_EQ(latency.y, 80);
  EXPECT_EQ(latency.low, 60);
  EXPECT_EQ(latency.high, 100);
  EXPECT_EQ(chart.panels[0].y_high, 105) << "5 % above the largest";
  const Series& sla = chart.panels[0].series.back();
  EXPECT_EQ(sla.label, "the SLA");
  EXPECT_EQ(sla.points[1].x, 200);
  EXPECT_EQ(sla.points[1].y, 200);
}

TEST(SweepCharts, Fig13bStacksTheSharesInStepsHalfWayBetweenTheSlas) {
  const Chart chart = charts_of(two_policies())[2];
  ASSERT_EQ(chart.panels.size(), 2U);
  EXPECT_EQ(chart.panels[0].title, "cnnselect");
  const auto& areas = chart.panels[0].series;
  ASSERT_EQ(areas.size(), 3U);
  EXPECT_EQ(areas[0].label, "small");
  EXPECT_THAT(xs(areas[0]), ElementsAre(100, 150, 150, 200));
  EXPECT_EQ(areas[0].points[0].y, 100);
  EXPECT_EQ(areas[0].points[3].y, 25);
  EXPECT_TRUE(areas[1].points.empty()) << "medium was never chosen, but stays in the legend";
  EXPECT_THAT(xs(areas[2]), ElementsAre(150, 200));
  EXPECT_EQ(areas[2].points[0].low, 25);
  EXPECT_EQ(areas[2].points[0].y, 100);
}

TEST(SweepCharts, TheDevicesOwnAnswersStandOnTopInEveryPanelWhereOneHasThem) {
  auto points = two_policies();
  points.front().summary.shares = {0.5, 0, 0};
  points.front().summary.device_share = 0.5;
  const Chart chart = charts_of(points)[2];
  for (const Panel& panel : chart.panels) {
    ASSERT_EQ(panel.series.size(), 4U);
    EXPECT_EQ(panel.series[3].label, "the device's own");
  }
  EXPECT_EQ(chart.panels[0].series[3].points[0].low, 50);
  EXPECT_EQ(chart.panels[0].series[3].points[0].y, 100);
  EXPECT_TRUE(chart.panels[1].series[3].points.empty());
}

TEST(SweepCharts, EqualStepsAreOne) {
  const auto charts =
      charts_of({point("random", 100ms, {1, 0, 0}), point("random", 110ms, {1, 0, 0}),
                 point("random", 200ms, {1, 0, 0})});
  EXPECT_THAT(xs(charts[2].panels[0].series[0]), ElementsAre(100, 200));
}

TEST(SweepCharts, ASingleSlaHasAWidth) {
  const auto charts = charts_of({point("random", 100ms, {1, 0, 0})});
  EXPECT_THAT(xs(charts[2].panels[0].series[0]), ElementsAre(95, 105));
}

TEST(SweepCharts, APolicyLooksTheSameInEveryFigureWhateverElseIsRun) {
  const auto alone = charts_of({point("static-greedy", 100ms, {1, 0, 0})});
  const auto other =
      charts_of({point("cnnselect", 100ms, {1, 0, 0}), point("static-greedy", 100ms, {1, 0, 0})});
  const std::string colour = alone[0].panels[0].series[0].colour;
  for (std::size_t chart = 0; chart < 2; ++chart) {
    for (const Panel& panel : other[chart].panels) {
      EXPECT_EQ(panel.series[1].label, "static-greedy");
      EXPECT_EQ(panel.series[1].colour, colour);
      EXPECT_NE(panel.series[0].colour, colour);
    }
  }
}

TEST(SweepCharts, ALineThatAnotherRunsOverIsWider) {
  std::vector<SweepPoint> points;
  for (const char* policy : {"cnnselect", "ontime", "random", "fastest", "slackfit"}) {
    points.push_back(point(policy, 100ms, {1, 0, 0}));
    std::vector<double> widths;
    const auto charts = charts_of(points);  // kept: a range of a temporary's part dangles
    for (const Series& series : charts[1].panels[1].series) {
      widths.push_back(series.width);
    }
    EXPECT_TRUE(std::ranges::is_sorted(widths, std::greater{}));
    EXPECT_EQ(widths.back(), 2) << "the last is covered by nobody";
    EXPECT_LE(widths.front(), 4);
  }
}

TEST(SweepCharts, NoTwoPoliciesLookAlike) {
  std::vector<SweepPoint> points = {point("oracle", 100ms, {1, 0, 0})};
  for (const auto name : selector_names()) {
    points.push_back(point(std::string(name), 100ms, {1, 0, 0}));
  }
  for (const std::string text : {"ontime:price=0", "ontime:price=2", "own"}) {
    points.push_back(point(text, 100ms, {1, 0, 0}));
  }
  const Chart chart = charts_of(points)[0];
  std::set<std::pair<std::string, int>> seen;
  for (const Series& series : chart.panels[0].series) {
    EXPECT_TRUE(seen.insert({series.colour, series.dash}).second) << series.label;
  }
  EXPECT_EQ(seen.size(), points.size());
}

TEST(SweepCharts, WhereNobodyIsAnsweredThereIsNoLatencyAndNoAccuracy) {
  SweepPoint refused = point("cnnselect", 50ms, {0, 0, 0});
  refused.summary = {.requests = 10, .shares = {0, 0, 0}};
  const auto charts = charts_of({refused, point("cnnselect", 100ms, {1, 0, 0})});
  EXPECT_THAT(xs(charts[0].panels[0].series[0]), ElementsAre(50, 100)) << "all were missed";
  EXPECT_EQ(charts[0].panels[0].series[0].points[0].y, 100);
  EXPECT_THAT(xs(charts[0].panels[1].series[0]), ElementsAre(100));
  EXPECT_THAT(xs(charts[1].panels[0].series[0]), ElementsAre(100));
  EXPECT_THAT(xs(charts[2].panels[0].series[0]), ElementsAre(75, 100));
}

TEST(SweepCharts, OfNothingAreEmpty) {
  for (const Chart& chart : charts_of({})) {
    for (const Panel& panel : chart.panels) EXPECT_TRUE(panel.series.empty());
  }
}

TEST(SweepCharts, AreasOfAnySharesStandOnEachOtherAndReachTheirSum) {
  EXPECT_TRUE(rc::check([] {
    std::vector<SweepPoint> points;
    const auto slas = *rc::gen::container<std::set<int>>(rc::gen::inRange(1, 500));
    for (const int sla : slas) {
      const auto parts = *rc::gen::container<std::vector<int>>(3, rc::gen::inRange(0, 3));
      const double sum = std::max(1, parts[0] + parts[1] + parts[2]);
      points.push_back(point("cnnselect", std::chrono::milliseconds(sla),
                             {parts[0] / sum, parts[1] / sum, parts[2] / sum}));
    }
    const Chart chart = charts_of(points)[2];
    double area = 0;
    for (const Panel& panel : chart.panels) {
      for (const Series& series : panel.series) {
        RC_ASSERT(series.points.size() % 2 == 0U);
        for (std::size_t i = 0; i < series.points.size(); i += 2) {
          const ChartPoint& left = series.points[i];
          const ChartPoint& right = series.points[i + 1];
          RC_ASSERT(left.x <= right.x && left.low <= left.y && left.y <= 100 + 1e-9);
          RC_ASSERT(left.y == right.y && left.low == right.low);
          area += (right.x - left.x) * (left.y - left.low);
        }
      }
    }
    double wanted = 0;  // 100 % times the width of every SLA with answers
    for (std::size_t i = 0; points.size() > 1 && i < points.size(); ++i) {
      const auto& shares = points[i].summary.shares;
      if (shares[0] + shares[1] + shares[2] == 0) continue;
      const double here = to_ms(points[i].sla);
      const double left = i > 0 ? (to_ms(points[i - 1].sla) + here) / 2 : here;
      const double right = i + 1 < points.size() ? (here + to_ms(points[i + 1].sla)) / 2 : here;
      wanted += 100 * (right - left);
    }
    if (points.size() != 1) RC_ASSERT(std::abs(area - wanted) < 1e-6);
  }));
}

TEST(RunText, SaysNetworkWorkersAndRequests) {
  const auto law = Network::parse("normal(31.5,7.5)", 1);
  EXPECT_EQ(run_text(law.value(), {}, 10'000),
            "network normal(31.5,7.5) ms one way, unlimited workers, 10,000 requests a point");
  EXPECT_EQ(run_text(law.value(), 1, 1),
            "network normal(31.5,7.5) ms one way, 1 worker, 1 request a point");
  EXPECT_EQ(run_text(law.value(), 8, 1'234'567),
            "network normal(31.5,7.5) ms one way, 8 workers, 1,234,567 requests a point");
}

TEST(RunText, ATraceIsNamedAsItWasGiven) {
  const TemporaryFolder folder;
  const std::string file =
      folder.write("t.csv", "t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,20,8000,9000\n").string();
  EXPECT_EQ(run_text(Network::parse(file, 1).value(), 2, 500),
            "network " + file + ", 2 workers, 500 requests a point");
}

}  // namespace
}  // namespace cnnselect
