// Results of a load sweep as a table for people and as CSV for programs. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/time.h"
#include "load/summary.h"

namespace cnnselect {

/// One row: a policy at an SLA.
struct LoadPoint {
  std::string policy;
  Duration sla{};
  LoadSummary summary;
};

/// With a header, a line per point and the models' shares at its end.
std::string load_table(const std::vector<LoadPoint>& points);

/// Header and a line per point. Proportions are in [0, 1], times in ms; behind the fixed columns
/// stands one "share:MODEL" for each model that answered anywhere in the sweep, by name.
std::string load_csv(const std::vector<LoadPoint>& points, std::string_view network);

}  // namespace cnnselect
