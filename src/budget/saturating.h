// Sums of durations that stop at Duration's ends instead of overflowing: a limit that is infinite
// stays infinite. Pure.
#pragma once

#include "cnnselect/time.h"

namespace cnnselect {

constexpr Duration saturating_add(Duration a, Duration b) {
  Duration::rep sum = 0;
  if (__builtin_add_overflow(a.count(), b.count(), &sum)) {
    return b < Duration::zero() ? Duration::min() : Duration::max();
  }
  return Duration(sum);
}

constexpr Duration saturating_sub(Duration a, Duration b) {
  Duration::rep difference = 0;
  if (__builtin_sub_overflow(a.count(), b.count(), &difference)) {
    return b < Duration::zero() ? Duration::max() : Duration::min();
  }
  return Duration(difference);
}

}  // namespace cnnselect
