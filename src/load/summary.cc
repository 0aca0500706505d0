#include "load/summary.h"

#include <algorithm>

#include "stats/confidence.h"
#include "stats/percentile.h"

namespace cnnselect {
namespace {

double share(std::size_t part, std::size_t of) {
  return of == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(of);
}

double half_width(std::size_t hits, std::size_t of) {
  const Interval interval = wilson_95(hits, of);
  return (interval.high - interval.low) / 2;
}

}  // namespace

LoadSummary summarise_load(const std::vector<LoadOutcome>& outcomes, Duration sla) {
  std::size_t answered = 0;
  std::size_t in_time = 0;
  std::size_t correct = 0;
  std::size_t correct_in_time = 0;
  std::map<std::string, std::size_t> models;
  std::vector<Duration> latencies;
  std::vector<Duration> late;
  Duration sum{};
  for (const LoadOutcome& outcome : outcomes) {
    late.push_back(outcome.late);
    if (outcome.answered || outcome.timed_out) {
      latencies.push_back(outcome.latency);
      sum += outcome.latency;
    }
    if (!outcome.answered) continue;
    ++answered;
    const bool kept = outcome.latency <= sla;
    in_time += kept ? 1 : 0;
    correct += outcome.correct ? 1 : 0;
    correct_in_time += kept && outcome.correct ? 1 : 0;
    ++models[outcome.model];
  }
  std::ranges::sort(latencies);
  std::ranges::sort(late);
  const auto percentile_of = [](const std::vector<Duration>& sorted, double q) {
    return percentile_of_sorted(std::span(sorted), q);
  };
  std::optional<Duration> mean;
  if (!latencies.empty()) mean = sum / static_cast<Duration::rep>(latencies.size());
  const std::size_t all = outcomes.size();
  LoadSummary summary{.requests = all,
                      .errors = all - answered,
                      .attainment = share(in_time, all),
                      .accuracy = share(correct, answered),
                      .effective_accuracy = share(correct_in_time, all),
                      .attainment_half = half_width(in_time, all),
                      .effective_half = half_width(correct_in_time, all),
                      .mean = mean,
                      .p50 = percentile_of(latencies, 0.50),
                      .p95 = percentile_of(latencies, 0.95),
                      .p99 = percentile_of(latencies, 0.99),
                      .late_p99 = percentile_of(late, 0.99).value_or(Duration::zero()),
                      .usage = {}};
  for (const auto& [model, count] : models) summary.usage[model] = share(count, answered);
  return summary;
}

}  // namespace cnnselect
