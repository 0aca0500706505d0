// How benchmarks of the program take times.
#pragma once

#include <chrono>

#include "cnnselect/time.h"

namespace cnnselect::bench {

using Clock = std::chrono::steady_clock;

template <class Work>
Duration time_of(Work&& work) {
  const auto before = Clock::now();
  work();
  return Clock::now() - before;
}

}  // namespace cnnselect::bench
