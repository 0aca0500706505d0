// The paper's Figs. 12, 13a and 13b of whatever was run, as charts. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/chart.h"
#include "sim/model_set.h"
#include "sim/sweep.h"
#include "trace/network.h"

namespace cnnselect {

/// What the figures' second line says of a run: "network normal(31.5,7.5) ms one way, unlimited
/// workers, 10,000 requests a point".
std::string run_text(const Network& network, std::optional<int> workers, std::size_t requests);

/// `run` stands in every chart. Over the SLA:
///   fig12   answers over the SLA; right answers; answers right and in time, and what bounds them;
///           in each, where there is one, the time that the phone's own network takes
///   fig13a  latency, with the quartiles, and accuracy
///   fig13b  how often each policy chose each model
/// A policy has its colour from its place among selector_names(), whatever else was run.
std::vector<Chart> sweep_charts(const std::vector<SweepPoint>& points, const ModelSet& models,
                                const std::optional<SimulatedModel>& device, std::string_view run);

}  // namespace cnnselect
