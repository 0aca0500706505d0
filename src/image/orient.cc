#include "image/orient.h"

#include <algorithm>
#include <utility>

namespace cnnselect {
namespace {

/// How each orientation is undone: first the sides are swapped, then the rows or columns run
/// backwards.
struct Turn {
  bool transpose = false;
  bool mirror_columns = false;
  bool mirror_rows = false;
};

Turn turn_for(int orientation) {
  switch (orientation) {
    case 2:
      return {.mirror_columns = true};
    case 3:
      return {.mirror_columns = true, .mirror_rows = true};
    case 4:
      return {.mirror_rows = true};
    case 5:
      return {.transpose = true};
    case 6:
      return {.transpose = true, .mirror_columns = true};
    case 7:
      return {.transpose = true, .mirror_columns = true, .mirror_rows = true};
    case 8:
      return {.transpose = true, .mirror_rows = true};
    default:
      return {};
  }
}

}  // namespace

Image upright(Image image, int orientation) {
  if (orientation < 2 || orientation > 8) return image;
  const Turn turn = turn_for(orientation);
  Image turned{image.width, image.height, std::vector<std::uint8_t>(image.rgb.size())};
  if (turn.transpose) std::swap(turned.width, turned.height);
  const auto width = static_cast<std::ptrdiff_t>(image.width);
  // Bytes from one pixel of the result to the next, in a row and from row to row, in the original.
  std::ptrdiff_t column_step = turn.transpose ? 3 * width : 3;
  std::ptrdiff_t row_step = turn.transpose ? 3 : 3 * width;
  const std::uint8_t* row = image.rgb.data();
  if (turn.mirror_columns) {
    row += column_step * (turned.width - 1);
    column_step = -column_step;
  }
  if (turn.mirror_rows) {
    row += row_step * (turned.height - 1);
    row_step = -row_step;
  }
  std::uint8_t* out = turned.rgb.data();
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x) {
      out = std::copy_n(row + (y * row_step) + (x * column_step), 3, out);
    }
  }
  return turned;
}

}  // namespace cnnselect
