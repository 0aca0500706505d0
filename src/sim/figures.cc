#include "sim/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "report/palette.h"
#include "select/registry.h"

namespace cnnselect {
namespace {

constexpr double kPercent = 100;
constexpr double kAccuracyStep = 10;  // accuracies begin at a multiple of it
constexpr double kHeadroom = 1.05;    // above the largest value
constexpr std::string_view kXLabel = "SLA, ms";
// The first lines are wider, so that they show beneath one that runs over them.
constexpr double kWidest = 4;
constexpr double kLineWidth = 2;
constexpr double kThinLine = 1.5;
constexpr std::string_view kReference = "#777777";

constexpr std::string_view kOracleColour = "#000000";
constexpr int kOracleDash = 3;
constexpr std::string_view kDeviceColour = "#999999";

struct PolicyPoints {
  std::string_view policy;
  std::vector<const SweepPoint*> points;  // SLA ascending
};

std::vector<PolicyPoints> by_policy(const std::vector<SweepPoint>& points) {
  std::vector<PolicyPoints> groups;
  for (const SweepPoint& point : points) {
    auto group = std::ranges::find(groups, point.policy, &PolicyPoints::policy);
    if (group == groups.end()) group = groups.insert(group, {.policy = point.policy});
    group->points.push_back(&point);
  }
  for (PolicyPoints& group : groups) {
    std::ranges::sort(group.points, {}, &SweepPoint::sla);
  }
  return groups;
}

/// `others`: how many policies came before that are none of our own, or with parameters. They take
/// what our own leave over.
Series style_of(std::string_view policy, std::size_t& others) {
  const auto names = selector_names();
  auto place = static_cast<std::size_t>(std::ranges::find(names, policy) - names.begin());
  if (place == names.size() && policy != kOracle) place += others++;
  const LineStyle style = policy == kOracle
                              ? LineStyle{.colour = kOracleColour, .dash = kOracleDash}
                              : line_style(place);
  return {.label = std::string(policy), .colour = std::string(style.colour), .dash = style.dash};
}

using Measure = std::function<ChartPoint(const SimulationSummary&)>;  // x is set by the caller

/// One line per policy; where nobody was answered only what counts all requests has a value.
std::vector<Series> lines(const std::vector<PolicyPoints>& groups, bool of_answered,
                          const Measure& measure) {
  std::vector<Series> all;
  std::size_t others = 0;
  for (const PolicyPoints& group : groups) {
    Series series = style_of(group.policy, others);
    const auto above = static_cast<double>(groups.size() - all.size()) - 1;
    const auto below = static_cast<double>(all.size());
    series.width = std::max(kLineWidth, std::min(kWidest - below, kLineWidth + above));
    for (const SweepPoint* point : group.points) {
      if (of_answered && !point->summary.mean) continue;
      ChartPoint shown = measure(point->summary);
      shown.x = to_ms(point->sla);
      series.points.push_back(shown);
    }
    all.push_back(std::move(series));
  }
  return all;
}

ChartPoint proportion(double share, double half) {
  return {.y = kPercent * share,
          .low = kPercent * std::max(0.0, share - half),
          .high = kPercent * std::min(1.0, share + half)};
}

Panel percent_panel(std::string title, std::string y_label, std::vector<Series> series) {
  return {.title = std::move(title),
          .y_label = std::move(y_label),
          .y_high = kPercent,
          .series = std::move(series)};
}

Panel accuracy_panel(const std::vector<PolicyPoints>& groups) {
  Panel panel = percent_panel("right among the answers, late ones included", "accuracy, %",
                              lines(groups, true, [](const SimulationSummary& s) {
                                return ChartPoint{.y = kPercent * s.mean_accuracy};
                              }));
  double least = kPercent - kAccuracyStep;
  for (const Series& series : panel.series) {
    for (const ChartPoint& point : series.points) least = std::min(least, point.y);
  }
  panel.y_low = kAccuracyStep * std::floor(least / kAccuracyStep);
  return panel;
}

Series bound_line(const PolicyPoints& group) {
  Series bound{.label = "bound of every policy",
               .colour = std::string(kReference),
               .mark = Series::Mark::kDashes,
               .width = kThinLine};
  for (const SweepPoint* point : group.points) {
    bound.points.push_back({.x = to_ms(point->sla), .y = kPercent * point->bound});
  }
  return bound;
}

/// Upright at the device's mean time: from there on the phone alone is soon enough.
void mark(const SimulatedModel& device, Panel& panel) {
  const double ms = to_ms(device.mean);
  panel.series.push_back({.label = fmt::format("the phone alone: {:.4g} ms", ms),
                          .colour = std::string(kReference),
                          .width = kThinLine,
                          .points = {{.x = ms, .y = panel.y_low}, {.x = ms, .y = panel.y_high}}});
}

Chart fig12(const std::vector<PolicyPoints>& groups, const std::optional<SimulatedModel>& device) {
  auto effective = lines(groups, false, [](const SimulationSummary& s) {
    return proportion(s.effective_accuracy, s.effective_half);
  });
  if (!groups.empty()) effective.push_back(bound_line(groups.front()));
  Chart chart{.name = "fig12",
              .title = "Missed SLAs and right answers (the paper's Fig. 12)",
              .panels = {percent_panel("requests over their SLA, with 95 % confidence", "missed, %",
                                       lines(groups, false,
                                             [](const SimulationSummary& s) {
                                               return proportion(1 - s.attainment,
                                                                 s.attainment_half);
                                             })),
                         accuracy_panel(groups),
                         percent_panel("requests answered right and in time, with 95 % confidence",
                                       "effective, %", std::move(effective))}};
  for (Panel& panel : chart.panels) {
    if (device) mark(*device, panel);
  }
  return chart;
}

Panel latency_panel(const std::vector<PolicyPoints>& groups) {
  Panel panel{.title = "mean time end to end, with the 25th and 75th percentile",
              .y_label = "latency, ms",
              .series = lines(groups, true, [](const SimulationSummary& s) {
                return ChartPoint{.y = to_ms(*s.mean), .low = to_ms(*s.p25), .high = to_ms(*s.p75)};
              })};
  double largest = 0;
  for (const Series& series : panel.series) {
    for (const ChartPoint& point : series.points) {
      largest = std::max({largest, point.y, point.high});
    }
  }
  if (largest > 0) panel.y_high = kHeadroom * largest;
  if (groups.empty()) return panel;
  Series sla{.label = "the SLA",
             .colour = std::string(kReference),
             .mark = Series::Mark::kDashes,
             .width = kThinLine};
  for (const SweepPoint* point : groups.front().points) {
    sla.points.push_back({.x = to_ms(point->sla), .y = to_ms(point->sla)});
  }
  panel.series.push_back(std::move(sla));
  return panel;
}

Chart fig13a(const std::vector<PolicyPoints>& groups) {
  return {.name = "fig13a",
          .title = "Latency and accuracy (the paper's Fig. 13a)",
          .panels = {latency_panel(groups), accuracy_panel(groups)}};
}

/// Where a tile for the point at `i` ends: half way to the next one, or at the last.
double right_edge(const std::vector<const SweepPoint*>& points, std::size_t i) {
  const double here = to_ms(points[i]->sla);
  return i + 1 < points.size() ? (here + to_ms(points[i + 1]->sla)) / 2 : here;
}

bool is_flat(const ChartPoint& point) { return point.y == point.low; }

/// Equal neighbours become one tile, and no area begins flat.
void add_tile(Series& area, const ChartPoint& left, double right) {
  if (area.points.empty() && is_flat(left)) return;
  const bool same =
      !area.points.empty() && area.points.back().y == left.y && area.points.back().low == left.low;
  if (!same) area.points.insert(area.points.end(), {left, left});
  area.points.back().x = right;
}

void drop_flat_end(Series& area) {
  while (!area.points.empty() && is_flat(area.points.back())) area.points.pop_back();
}

/// A share of the answers, by what gave them.
struct Usage {
  std::string name;
  std::string colour;
  std::function<double(const SimulationSummary&)> share;
};

/// Every model, and the device where it answered for any policy.
std::vector<Usage> usages(const std::vector<PolicyPoints>& groups, const ModelSet& models) {
  std::vector<Usage> all;
  for (std::size_t m = 0; m < models.size(); ++m) {
    all.push_back({.name = models.models()[m].name,
                   .colour = area_colour(m, models.size()),
                   .share = [m](const SimulationSummary& summary) { return summary.shares[m]; }});
  }
  const auto device_answered = [](const PolicyPoints& group) {
    return std::ranges::any_of(
        group.points, [](const SweepPoint* point) { return point->summary.device_share > 0; });
  };
  if (std::ranges::any_of(groups, device_answered)) {
    all.push_back({.name = "the device's own",
                   .colour = std::string(kDeviceColour),
                   .share = &SimulationSummary::device_share});
  }
  return all;
}

/// The shares on top of each other, each SLA a step as wide as it stands for.
Panel usage_panel(const PolicyPoints& group, const std::vector<Usage>& usages) {
  std::vector<double> below(group.points.size());
  std::vector<Series> areas;
  const bool one = group.points.size() == 1;
  for (const Usage& usage : usages) {
    Series area{.label = usage.name, .colour = usage.colour, .mark = Series::Mark::kArea};
    for (std::size_t i = 0; i < group.points.size(); ++i) {
      const double here = to_ms(group.points[i]->sla);
      const double left = i > 0 ? right_edge(group.points, i - 1) : here * (one ? 0.95 : 1);
      const double right = one ? here * 1.05 : right_edge(group.points, i);
      const double top = below[i] + kPercent * usage.share(group.points[i]->summary);
      add_tile(area, {.x = left, .y = top, .low = below[i]}, right);
      below[i] = top;
    }
    drop_flat_end(area);
    areas.push_back(std::move(area));
  }
  return percent_panel(std::string(group.policy), "share, %", std::move(areas));
}

Chart fig13b(const std::vector<PolicyPoints>& groups, const ModelSet& models) {
  Chart chart{.name = "fig13b", .title = "Models chosen (the paper's Fig. 13b)"};
  const auto all = usages(groups, models);
  for (const PolicyPoints& group : groups) chart.panels.push_back(usage_panel(group, all));
  return chart;
}

std::string with_commas(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

}  // namespace

std::string run_text(const Network& network, std::optional<int> workers, std::size_t requests) {
  const bool is_law = !network.one_way_times(1).empty();
  return fmt::format("network {}{}, {}, {} request{} a point", network.text(),
                     is_law ? " ms one way" : "",
                     !workers        ? "unlimited workers"
                     : *workers == 1 ? "1 worker"
                                     : fmt::format("{} workers", *workers),
                     with_commas(requests), requests == 1 ? "" : "s");
}

std::vector<Chart> sweep_charts(const std::vector<SweepPoint>& points, const ModelSet& models,
                                const std::optional<SimulatedModel>& device, std::string_view run) {
  const auto groups = by_policy(points);
  std::vector<Chart> charts = {fig12(groups, device), fig13a(groups), fig13b(groups, models)};
  for (Chart& chart : charts) {
    chart.subtitle = run;
    chart.x_label = kXLabel;
  }
  return charts;
}

}  // namespace cnnselect
