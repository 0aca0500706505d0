// A sweep's results as numpy arrays.
#pragma once

#include <pybind11/pybind11.h>

#include <vector>

#include "sim/study.h"

namespace cnnselect {

/// A types.SimpleNamespace. `points` as run_sweep() gives them, with outcomes if it was asked for
/// them. Needs numpy.
pybind11::object results_of(const Study& study, const std::vector<SweepPoint>& points);

}  // namespace cnnselect
