// RowShrinker: takes a picture row by row and keeps no more of it than is needed. Decoded photos
// wait in a queue. One thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/image.h"

namespace cnnselect {

class RowShrinker {
 public:
  /// A picture of `width` x `height` pixels, each >= 1, is shrunk by the largest whole factor that
  /// leaves its shorter side `enough` pixels; 0: not at all.
  RowShrinker(int width, int height, int enough);

  /// Rows from the top, `height` of them. 3 bytes a pixel: RGB. 4: RGB and alpha, where 255 is
  /// opaque; what shines through is white, as on a page.
  void add(std::span<const std::uint8_t> row);

  /// After the last row.
  Image take() { return std::move(image_); }

 private:
  void average(std::span<const std::uint8_t> rgb);

  int width_;
  int height_;
  Image image_;
  std::vector<std::uint8_t> opaque_;  ///< a row of RGB, where rows come with alpha
  std::vector<std::uint64_t> sums_;   ///< of the rows since the last one of the result
  int rows_ = 0;                      ///< added so far
  int done_ = 0;                      ///< rows of the result
};

}  // namespace cnnselect
