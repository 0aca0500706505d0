// Results of a load sweep as a table for people and as CSV for programs. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/time.h"
#include "load/classify_answer.h"
#include "load/plan.h"
#include "load/sender.h"
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

/// What became of one request, for its row.
struct SentRequest {
  const PlannedRequest& planned;
  std::size_t number = 0;  ///< in the plan
  std::string picture;     ///< its file's name
  const ShapedOutcome& outcome;
  const Result<ClassifyAnswer>& answer;
  LoadOutcome judged;
};

/// report/request_rows.h has the first columns; then `picture`, `reason`, `probability`,
/// `t_input_ms` (as the server measured it), `decode_ms`, `queue_ms`, `server_ms`, `budget_ms`,
/// `sender_late_ms` and `error`, which is empty for an answered one.
std::string load_rows_header();
std::string load_row(const std::string& policy, Duration sla, const SentRequest& sent);

}  // namespace cnnselect
