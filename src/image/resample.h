// Resampling along one axis with a triangle filter that widens as the picture shrinks: bilinear
// when enlarging, antialiased when shrinking. Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

namespace cnnselect {

/// Which source pixels make one pixel of the result, and how much of each.
struct Window {
  int first = 0;            ///< index of the first source pixel
  int count = 0;            ///< >= 1; all of them are inside the source
  std::size_t weights = 0;  ///< index of the first weight
};

/// A stretch of a resampled axis.
struct Axis {
  std::vector<Window> windows;  ///< one per pixel of the result
  std::vector<float> weights;   ///< each window's sum to 1
};

/// The pixels `first` to `first + count - 1` of an axis of `source` pixels resampled to `target`.
/// Both are >= 1, the stretch is inside the target.
Axis resample_axis(int source, std::int64_t target, std::int64_t first, int count);

}  // namespace cnnselect
