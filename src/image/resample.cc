#include "image/resample.h"

#include <algorithm>
#include <cmath>

namespace cnnselect {

Axis resample_axis(int source, std::int64_t target, std::int64_t first, int count) {
  const double scale = static_cast<double>(source) / static_cast<double>(target);
  const double support = std::max(1.0, scale);
  Axis axis;
  axis.windows.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = first; i < first + count; ++i) {
    // Pixel centres are at halves, in the source as in the result.
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const int begin = std::max(0, static_cast<int>(std::floor(centre - support + 0.5)));
    const int end = std::min(source, static_cast<int>(std::floor(centre + support + 0.5)));
    const Window window{begin, end - begin, axis.weights.size()};
    double sum = 0;
    std::vector<double> weights;
    for (int x = begin; x < end; ++x) {
      weights.push_back(std::max(0.0, 1 - std::abs(x + 0.5 - centre) / support));
      sum += weights.back();
    }
    for (const double weight : weights) axis.weights.push_back(static_cast<float>(weight / sum));
    axis.windows.push_back(window);
  }
  return axis;
}

}  // namespace cnnselect
