// Colours that the colour-blind tell apart, too. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cnnselect {

struct LineStyle {
  std::string_view colour;  ///< "#0072b2"
  int dash = 0;             ///< as Series::dash
};

/// For the `place`-th of several lines: unlike every other place below 28, solid below 7.
LineStyle line_style(std::size_t place);

/// For the `place`-th (< `count`) of areas that are in order: neighbours differ in hue and
/// lightness. Past 11 areas the colours between are mixed.
std::string area_colour(std::size_t place, std::size_t count);

}  // namespace cnnselect
