// Draws docs/figures/price.svg: what a worker's second costs the others, by the work that is ahead.
//
//   price_figure FOLDER      writes FOLDER/price.svg, and .png and .gp beside it; needs gnuplot
#include <fmt/format.h>

#include <cstdlib>
#include <string>

#include "report/chart.h"
#include "report/figure_folder.h"
#include "report/palette.h"
#include "select/price_curve.h"

namespace cnnselect {
namespace {

// Few models, far apart: each edge of the price can be told apart.
PriceQuestion question(double workers, double share) {
  PriceQuestion question{.count = 3, .workers = workers, .slack = 0.3};
  question.models[0] = {.mean = 0.010, .gain = 0.50};
  question.models[1] = {.mean = 0.025, .gain = 0.80};
  question.models[2] = {.mean = 0.080, .gain = 0.95};
  question.rate = share * workers / question.models[0].mean;
  return question;
}

Series line(double workers, double share, std::size_t place) {
  const LineStyle style = line_style(place);
  Series series{.label = fmt::format("{} worker{}", workers, workers > 1 ? "s" : ""),
                .colour = std::string(style.colour),
                .dash = style.dash};
  const PriceCurve curve(question(workers, share));
  constexpr double kStep = 0.002;
  for (double ahead = 0; ahead < 0.36; ahead += kStep) {
    const double price = curve.cost(ahead * workers, kStep * workers) / (kStep * workers);
    series.points.push_back({.x = 1'000 * (ahead + kStep / 2), .y = price});
  }
  return series;
}

Panel panel(double share) {
  Panel panel{.title = fmt::format("{} of what the fastest model can serve", share),
              .y_label = "accuracy per second",
              .y_high = 50};
  std::size_t place = 0;
  for (const double workers : {1.0, 2.0, 8.0, 64.0}) {
    panel.series.push_back(line(workers, share, place++));
  }
  return panel;
}

Chart price_chart() {
  return {.name = "price",
          .title = "What a worker's second costs the others",
          .subtitle = "Models of 10, 25 and 80 ms (.50, .80, .95); each request has 300 ms",
          .x_label = "work ahead, ms for each worker",
          .panels = {panel(0.3), panel(0.6), panel(0.9)}};
}

}  // namespace
}  // namespace cnnselect

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: price_figure FOLDER\n");
    return EXIT_FAILURE;
  }
  const auto folder = cnnselect::FigureFolder::open(argv[1]);
  const cnnselect::Status drawn =
      folder ? folder->draw(cnnselect::price_chart()) : std::unexpected(folder.error());
  if (drawn) return EXIT_SUCCESS;
  fmt::print(stderr, "price_figure: {}\n", drawn.error().message);
  return EXIT_FAILURE;
}
