// For tests of the network's estimate: one number of a distribution.
#pragma once

#include <vector>

#include "cnnselect/time.h"

namespace cnnselect {

/// Of values in ascending order, one or more.
inline Duration middle(const std::vector<Duration>& values) { return values.at(values.size() / 2); }

}  // namespace cnnselect
