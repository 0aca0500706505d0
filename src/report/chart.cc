#include "report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace cnnselect {
namespace {

constexpr int kLeft = 92;  // pixels, up to the next constant that says otherwise
constexpr int kPlotWidth = 640;
constexpr int kAbove = 86;  // title and subtitle
constexpr int kPanelHeight = 190;
constexpr int kBetween = 42;
constexpr int kBelow = 62;
constexpr int kTitle = 20;  // their middles, from above
constexpr int kSubtitle = 43;
constexpr int kYLabel = 14;  // its middle, from the left
constexpr int kXLabel = 14;  // from below
constexpr int kLegendGap = 12;
constexpr int kLegendSample = 62;
constexpr int kLegendLine = 19;
constexpr double kLetter = 8;               // a generous mean of the font's widths
constexpr std::size_t kMostBars = 25;       // more error bars than that run into each other
constexpr double kRangeAroundOne = 0.1;     // of x, when there is only one
constexpr double kRangeAroundMany = 0.015;  // of the range, on both sides

// What gnuplot takes behind "dt".
constexpr std::array<std::string_view, 4> kDashes = {"solid", "(14,5)", "(3,4)", "(14,4,3,4)"};
constexpr std::string_view kReferenceDash = "(7,5)";

struct Range {
  double low = 0;
  double high = 1;
};

/// Areas stand on each other: the legend has the uppermost first, too.
std::vector<const Series*> legend_of(const Chart& chart) {
  std::vector<const Series*> lines;
  std::vector<const Series*> areas;
  for (const Panel& panel : chart.panels) {
    for (const Series& series : panel.series) {
      auto& entries = series.mark == Series::Mark::kArea ? areas : lines;
      const bool known =
          std::ranges::any_of(entries, [&](const Series* e) { return e->label == series.label; });
      if (!known) entries.push_back(&series);
    }
  }
  lines.insert(lines.end(), areas.rbegin(), areas.rend());
  return lines;
}

/// Areas fill the whole width; marks at the ends are not to be cut in half.
Range x_range(const Chart& chart) {
  Range range{.low = std::numeric_limits<double>::infinity(),
              .high = -std::numeric_limits<double>::infinity()};
  bool only_areas = true;
  for (const Panel& panel : chart.panels) {
    for (const Series& series : panel.series) {
      only_areas = only_areas && series.mark == Series::Mark::kArea;
      for (const ChartPoint& point : series.points) {
        range.low = std::min(range.low, point.x);
        range.high = std::max(range.high, point.x);
      }
    }
  }
  if (range.low > range.high) return {};
  const bool one = range.low == range.high;
  const double around = one          ? kRangeAroundOne * std::max(1.0, std::abs(range.low))
                        : only_areas ? 0
                                     : kRangeAroundMany * (range.high - range.low);
  return {.low = range.low - around, .high = range.high + around};
}

int text_width(std::string_view text) {
  return static_cast<int>(std::ceil(kLetter * static_cast<double>(text.size())));
}

bool has_spread(const ChartPoint& point) {
  return !std::isnan(point.low) && !std::isnan(point.high);
}

std::string number(double value) { return std::isnan(value) ? "NaN" : fmt::format("{}", value); }

std::string block_name(std::size_t panel, std::size_t series) {
  return fmt::format("$panel{}_series{}", panel, series);
}

std::string data_blocks(const Chart& chart) {
  std::string text;
  for (std::size_t p = 0; p < chart.panels.size(); ++p) {
    for (std::size_t s = 0; s < chart.panels[p].series.size(); ++s) {
      const auto& points = chart.panels[p].series[s].points;
      if (points.empty()) continue;
      text += block_name(p, s) + " << END\n";
      for (const ChartPoint& point : points) {
        text += fmt::format("{} {} {} {}\n", number(point.x), number(point.y), number(point.low),
                            number(point.high));
      }
      text += "END\n";
    }
  }
  return text;
}

std::string line_style(const Series& series) {
  const bool dashes = series.mark == Series::Mark::kDashes;
  const std::string_view dash =
      dashes ? kReferenceDash : kDashes[static_cast<std::size_t>(series.dash) % kDashes.size()];
  return fmt::format("lc rgb '{}' lw {} dt {}", series.colour, series.width, dash);
}

std::string legend_entry(const Series& series) {
  const std::string title = "title " + gnuplot_quoted(series.label);
  if (series.mark == Series::Mark::kArea) {
    return fmt::format("keyentry with boxes fs solid fc rgb '{}' {}", series.colour, title);
  }
  return fmt::format("keyentry with lines {} {}", line_style(series), title);
}

/// The spread goes first, so that no band lies over a line.
void add_spread(const Series& series, const std::string& block, std::vector<std::string>& plots) {
  if (series.mark != Series::Mark::kLine || !std::ranges::any_of(series.points, has_spread)) return;
  plots.push_back(
      series.points.size() > kMostBars
          ? fmt::format("{} using 1:3:4 with filledcurves fs transparent solid 0.18 noborder "
                        "fc rgb '{}' notitle",
                        block, series.colour)
          : fmt::format("{} using 1:2:3:4 with yerrorbars pt 0 lw 1 lc rgb '{}' notitle", block,
                        series.colour));
}

void add_marks(const Series& series, const std::string& block, std::vector<std::string>& plots) {
  if (series.mark == Series::Mark::kArea) {
    plots.push_back(
        fmt::format("{} using 1:3:2 with filledcurves fs solid noborder fc rgb '{}' notitle", block,
                    series.colour));
    return;
  }
  const bool dots = series.mark == Series::Mark::kLine && series.points.size() <= kMostBars;
  plots.push_back(fmt::format("{} using 1:2 with {} {} notitle", block,
                              dots ? "linespoints pt 7 ps 0.5" : "lines", line_style(series)));
}

std::string joined(const std::vector<std::string>& plots) {
  return fmt::format("plot {}\n", fmt::join(plots, ", \\\n     "));
}

std::string margins(int top, int bottom, int height) {  // pixels from above
  return fmt::format("set tmargin at screen {:.5f}\nset bmargin at screen {:.5f}\n",
                     1 - top / static_cast<double>(height),
                     1 - bottom / static_cast<double>(height));
}

std::string panel_commands(const Chart& chart, std::size_t p, ChartSize size) {
  const Panel& panel = chart.panels[p];
  const bool last = p + 1 == chart.panels.size();
  const int top = kAbove + static_cast<int>(p) * (kPanelHeight + kBetween);
  std::string text = margins(top, top + kPanelHeight, size.height);
  // As labels, so that they stand in line whatever the numbers at the axes need.
  text += fmt::format(
      "set yrange [{}:{}]\n"
      "set label 3 {} at graph 0,1 offset 0,0.8 left tc rgb '#333333'\n"
      "set label 4 {} at screen {:.5f}, graph 0.5 center rotate tc rgb '#333333'\n",
      number(panel.y_low), number(panel.y_high), gnuplot_quoted(panel.title),
      gnuplot_quoted(panel.y_label), kYLabel / static_cast<double>(size.width));
  text += last ? fmt::format(
                     "set format x '%g'\n"
                     "set label 5 {} at graph 0.5, screen {:.5f} center tc rgb '#333333'\n",
                     gnuplot_quoted(chart.x_label), kXLabel / static_cast<double>(size.height))
               : "set format x ''\n";
  std::vector<std::string> plots = {"NaN notitle"};  // a plot of nothing is an error
  for (const auto add : {add_spread, add_marks}) {
    for (std::size_t s = 0; s < panel.series.size(); ++s) {
      if (!panel.series[s].points.empty()) add(panel.series[s], block_name(p, s), plots);
    }
  }
  text += joined(plots);
  if (p == 0) text += "unset label 1\nunset label 2\n";
  return text;
}

/// A plot of its own without axes: a key longer than its plot is tall would break into columns.
std::string legend_commands(const Chart& chart, ChartSize size) {
  std::vector<std::string> plots = {"NaN notitle"};
  for (const Series* series : legend_of(chart)) plots.push_back(legend_entry(*series));
  return margins(kAbove, size.height - 1, size.height) +
         fmt::format(
             "unset border\nunset tics\nunset grid\nunset label\n"
             "set key at screen {:.5f}, graph 1 left top Left reverse samplen 2 spacing 1.2\n",
             (kLeft + kPlotWidth + kLegendGap) / static_cast<double>(size.width)) +
         joined(plots);
}

}  // namespace

ChartSize chart_size(const Chart& chart) {
  const auto panels = static_cast<int>(chart.panels.size());
  const auto entries = legend_of(chart);
  int legend = 0;
  for (const Series* entry : entries) legend = std::max(legend, text_width(entry->label));
  const int wide = kLeft + kPlotWidth + kLegendSample + legend;
  const int tall = panels * kPanelHeight + (panels - 1) * kBetween;
  return {
      .width =
          std::max({wide, kLeft + text_width(chart.title), kLeft + text_width(chart.subtitle)}),
      .height = kAbove + std::max(tall, kLegendLine * static_cast<int>(entries.size())) + kBelow};
}

std::string gnuplot_script(const Chart& chart) {
  const ChartSize size = chart_size(chart);
  const Range x = x_range(chart);
  const auto across = [&](int pixels) { return pixels / static_cast<double>(size.width); };
  const auto up = [&](int pixels) { return 1 - pixels / static_cast<double>(size.height); };
  std::string text = "set encoding utf8\nset termoption noenhanced\n" + data_blocks(chart);
  text += fmt::format(
      "set multiplot\nunset key\nset border 3 lc rgb '#666666'\nset tics nomirror out\n"
      "set grid lc rgb '#dddddd' lt 1 lw 0.5\nset xrange [{}:{}]\n"
      "set lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\n"
      "set label 1 {} at screen {:.5f},{:.5f} left font ',16'\n"
      "set label 2 {} at screen {:.5f},{:.5f} left tc rgb '#555555'\n",
      number(x.low), number(x.high), across(kLeft), across(kLeft + kPlotWidth),
      gnuplot_quoted(chart.title), across(kLeft), up(kTitle), gnuplot_quoted(chart.subtitle),
      across(kLeft), up(kSubtitle));
  for (std::size_t p = 0; p < chart.panels.size(); ++p) text += panel_commands(chart, p, size);
  return text + legend_commands(chart, size) + "unset multiplot\n";
}

std::string gnuplot_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return quoted + "'";
}

}  // namespace cnnselect
