#include "sim/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

#include "sim/bounds.h"
#include "sim/burst_bound.h"

namespace cnnselect {
namespace {

void in_parallel(std::size_t count, int jobs, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> team;
  const auto threads = std::min(static_cast<std::size_t>(jobs), count);
  for (std::size_t i = 0; i < threads; ++i) {
    team.emplace_back([&] {
      for (std::size_t n = next++; n < count; n = next++) work(n);
    });
  }
}

/// For each request the most accurate model that makes it; where none does, the soonest answer.
std::vector<SimulatedOutcome> oracle_outcomes(const ModelSet& models, const Workload& workload,
                                              Duration sla, Duplication duplication) {
  std::vector<SimulatedOutcome> outcomes(workload.requests().size());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (workload.whole_time(i, 0) == kForever) continue;
    const auto executions = workload.executions(i);
    std::size_t best =
        static_cast<std::size_t>(std::ranges::min_element(executions) - executions.begin());
    bool in_time = workload.whole_time(i, best) <= sla;
    for (std::size_t m = 0; in_time && m < models.size(); ++m) {
      if (workload.whole_time(i, m) > sla) continue;
      if (models.models()[m].accuracy > models.models()[best].accuracy) best = m;
    }
    const ServerSide server{.model = best,
                            .accuracy = models.models()[best].accuracy,
                            .total = workload.whole_time(i, best)};
    outcomes[i] = workload.device() ? with_device(server, *workload.device(),
                                                  workload.own_execution(i), duplication, sla)
                                    : server_alone(server);
  }
  return outcomes;
}

}  // namespace

Result<std::vector<SweepPolicy>> make_sweep_policies(const PolicyRegistry& registry,
                                                     std::span<const std::string> texts,
                                                     const SimulationSetting& setting) {
  std::vector<SweepPolicy> policies;
  for (const std::string& text : texts) {
    if (text == kOracle && setting.workers) {
      return fail(ErrorCode::kInvalidArgument,
                  "policy 'oracle' knows no queue; it needs --workers unlimited");
    }
    if (text == kOracle) {
      policies.push_back({.text = text, .selector = nullptr});
      continue;
    }
    auto selector = registry.make(text);
    if (!selector) return std::unexpected(selector.error());
    policies.push_back({.text = text, .selector = std::move(*selector)});
  }
  return policies;
}

std::vector<SweepPoint> run_sweep(const ModelSet& models, const Workload& workload,
                                  std::span<const SweepPolicy> policies,
                                  const std::vector<Duration>& slas,
                                  const SimulationSetting& setting, int jobs, SweepDetail detail) {
  std::vector<double> bounds(slas.size());
  in_parallel(slas.size(), jobs, [&](std::size_t i) {
    // Of a closed loop nobody knows beforehand when a request is sent, which U_burst would need.
    const auto latest = workload.at_latest_departures(slas[i]);
    const Workload& bounded = latest ? *latest : workload;
    bounds[i] = setting.workers && !workload.clients()
                    ? burst_bound(models, bounded, slas[i], *setting.workers)
                    : clairvoyant_bound(models, bounded, slas[i]);
  });
  std::vector<SweepPoint> points(policies.size() * slas.size());
  in_parallel(points.size(), jobs, [&](std::size_t i) {
    const auto& [text, selector] = policies[i / slas.size()];
    const Duration sla = slas[i % slas.size()];
    SimulationSetting here = setting;
    here.sla = sla;
    if (selector && selector->name() == kAlwaysDuplicates) here.duplication = Duplication::kAlways;
    auto outcomes = selector ? simulate(models, workload, *selector, here)
                             : oracle_outcomes(models, workload, sla, setting.duplication);
    points[i] = {.policy = text,
                 .sla = sla,
                 .summary = summarise_simulation(models.size(), outcomes, sla),
                 .bound = bounds[i % slas.size()]};
    if (detail == SweepDetail::kOutcomes) points[i].outcomes = std::move(outcomes);
  });
  return points;
}

Result<std::vector<SweepPoint>> run_sweep(const ModelSet& models, const Workload& workload,
                                          const std::vector<std::string>& policies,
                                          const std::vector<Duration>& slas,
                                          const SimulationSetting& setting, int jobs) {
  const auto made = make_sweep_policies(PolicyRegistry(), policies, setting);
  if (!made) return std::unexpected(made.error());
  return run_sweep(models, workload, *made, slas, setting, jobs);
}

}  // namespace cnnselect
