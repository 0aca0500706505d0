// Percentiles of samples that are all kept, by the nearest rank. The q-quantile of n samples is the
// smallest sample that at least q n of them do not exceed. It is always one of the samples, never a
// mixture. Pure functions; any thread.
#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace cnnselect {

/// Of `sorted` (ascending), for `q` in [0, 1]: 0 is the smallest, 1 the largest. Nothing when there
/// is no sample. O(1).
template <class T>
std::optional<T> percentile_of_sorted(std::span<const T> sorted, double q) {
  if (sorted.empty()) return std::nullopt;
  assert(q >= 0 && q <= 1);
  // 0.95 * 20 is a little above 19 in binary; a rank is not missed by so little.
  const double rank = std::ceil(q * static_cast<double>(sorted.size()) - 1e-9);
  const std::size_t place = rank > 1 ? static_cast<std::size_t>(rank) - 1 : 0;
  return sorted[std::min(place, sorted.size() - 1)];
}

/// `count` equally likely ones of `sorted` (ascending, not empty), ascending, to the end of `to`:
/// each from the middle of its share, some more than once where there are fewer.
template <class T>
void append_evenly(std::span<const T> sorted, std::size_t count, std::vector<T>& to) {
  for (std::size_t i = 0; i < count; ++i) {
    to.push_back(sorted[(2 * i + 1) * sorted.size() / (2 * count)]);
  }
}

/// Of `samples` in any order. O(n log n): sort once and use the above for more than one.
template <class T>
std::optional<T> percentile(std::vector<T> samples, double q) {
  std::ranges::sort(samples);
  return percentile_of_sorted(std::span<const T>(samples), q);
}

}  // namespace cnnselect
