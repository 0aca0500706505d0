// The wall clock, for what several machines and days are to compare. It may jump; whatever is
// measured or awaited goes by Clock. Any thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "cnnselect/time.h"

namespace cnnselect {

using WallTime = std::chrono::sys_time<Duration>;

WallTime wall_now();

/// Milliseconds since 1970, rounded down.
inline std::int64_t unix_ms(WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace cnnselect
