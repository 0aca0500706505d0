#include "report/palette.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace cnnselect {
namespace {

// Okabe and Ito's; yellow is too pale for a line.
constexpr std::array<std::string_view, 7> kLines = {"#0072b2", "#e69f00", "#56b4e9", "#009e73",
                                                    "#cc79a7", "#d55e00", "#000000"};
constexpr std::size_t kDashStyles = 4;

// Paul Tol's rainbow of discrete colours: red, green, blue.
using Rgb = std::array<int, 3>;
constexpr std::array<Rgb, 11> kRainbow = {{{0xd1, 0xbb, 0xd7},
                                           {0xae, 0x76, 0xa3},
                                           {0x88, 0x2e, 0x72},
                                           {0x19, 0x65, 0xb0},
                                           {0x52, 0x89, 0xc7},
                                           {0x7b, 0xaf, 0xde},
                                           {0x4e, 0xb2, 0x65},
                                           {0xca, 0xe0, 0xab},
                                           {0xf7, 0xf0, 0x56},
                                           {0xf1, 0x93, 0x2d},
                                           {0xdc, 0x05, 0x0c}}};

}  // namespace

LineStyle line_style(std::size_t place) {
  return {.colour = kLines[place % kLines.size()],
          .dash = static_cast<int>(place / kLines.size() % kDashStyles)};
}

std::string area_colour(std::size_t place, std::size_t count) {
  const double at = count < 2 ? 0
                              : static_cast<double>(place * (kRainbow.size() - 1)) /
                                    static_cast<double>(count - 1);
  const auto below = static_cast<std::size_t>(at);
  const Rgb& from = kRainbow[below];
  const Rgb& to = kRainbow[std::min(below + 1, kRainbow.size() - 1)];
  const auto mixed = [&](std::size_t part) {
    return std::lround(from[part] + (at - std::floor(at)) * (to[part] - from[part]));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", mixed(0), mixed(1), mixed(2));
}

}  // namespace cnnselect
