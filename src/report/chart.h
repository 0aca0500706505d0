// Chart: a figure of panels, one below the other over one x axis, and the gnuplot script (5.4 or
// later) that draws it. Pure; the same chart gives the same text.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace cnnselect {

struct ChartPoint {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

  double x = 0;
  double y = 0;  ///< of an area: its upper edge
  double low = kNone;
  double high = kNone;  ///< with `low` the spread around y; NaN: not known. An area uses `low` only
};

struct Series {
  enum class Mark {
    kLine,    ///< y, with the spread as error bars, or as a band where there are many points
    kDashes,  ///< a dashed line, for what the others are compared with
    kArea,    ///< filled from low to y
  };

  std::string label;   ///< in the legend once, however many panels have it
  std::string colour;  ///< "#0072b2"
  Mark mark = Mark::kLine;
  double width = 2;                ///< of a line, about a pixel each
  int dash = 0;                    ///< of a line: 0 solid, 1 long dashes, 2 dots, 3 both
  std::vector<ChartPoint> points;  ///< x ascending; finite but for the spread
};

struct Panel {
  std::string title;
  std::string y_label;  ///< with the unit
  double y_low = 0;
  double y_high = 1;  ///< > y_low; what is outside is cut off
  std::vector<Series> series;
};

struct Chart {
  std::string name;  ///< of its files, without ending; letters and digits
  std::string title;
  std::string subtitle;
  std::string x_label;        ///< with the unit
  std::vector<Panel> panels;  ///< at least one
};

/// Pixels.
struct ChartSize {
  int width = 0;
  int height = 0;
};

/// Fits the panels, the legend at their right and the longest line of text.
ChartSize chart_size(const Chart& chart);

/// Names neither a terminal nor an output: both are set before it runs.
std::string gnuplot_script(const Chart& chart);

/// `text` as a string of gnuplot in which nothing is expanded; control characters become spaces.
std::string gnuplot_quoted(std::string_view text);

}  // namespace cnnselect
