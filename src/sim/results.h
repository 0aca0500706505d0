// A sweep's points as a table for people and as CSV for programs. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/model_set.h"
#include "sim/sweep.h"

namespace cnnselect {

std::string sweep_table(const std::vector<SweepPoint>& points);

/// `policy,sla_ms,network,requests,attainment,effective_accuracy,mean_accuracy,mean_ms,p50_ms,
/// p95_ms,p99_ms,bound,pct_of_bound,attainment_half,effective_half,device_ran`: proportions in
/// [0, 1] but the percentage, which is empty where the bound is 0.
std::string sweep_csv(const std::vector<SweepPoint>& points, std::string_view network);

/// report/request_rows.h has the first columns; then `device_ran` and `cold`, 0
/// or 1.
std::string simulated_rows_header();
/// A line per request of one point. `output_ms` is the way back of an answer that leaves when the
/// request arrives; `sent_ms` is empty in a closed loop, where answers decide it; `model` is
/// "device" where the phone's own answer counts.
std::string simulated_rows(const std::string& policy, Duration sla, const ModelSet& models,
                           const Workload& workload, const std::vector<SimulatedOutcome>& outcomes);

/// `policy,sla_ms,model,share`, models that were never chosen included; "device" is the phone's
/// own.
std::string usage_csv(const std::vector<SweepPoint>& points, const ModelSet& models);

}  // namespace cnnselect
