// The wall clock, for what several machines and days are to compare. It may jump; whatever is
// measured or awaited goes by Clock. Any thread.
#pragma once

#include <chrono>

#include "cnnselect/time.h"

namespace cnnselect {

std::chrono::sys_time<Duration> wall_now();

}  // namespace cnnselect
