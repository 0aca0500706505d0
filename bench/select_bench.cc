// Time and allocations of one decision. Bars: `cnnselect` with 11 models at most 300 ns and nothing
// allocated; 1,000 models at most 30 us. `ontime` with 11 models, 64 times of each and 100 ways
// back: at most 1.5 us; with 40 at most 5 us.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "select/registry.h"
#include "select/testing/table5.h"

namespace {
std::atomic<std::uint64_t> allocations = 0;
}

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace cnnselect {
namespace {

// Table 5 for the first eleven; beyond that, models spread evenly over the same times.
std::vector<Candidate> models(std::int64_t count) {
  if (count == 11) return table5();
  std::vector<Candidate> many;
  for (std::int64_t i = 0; i < count; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count);
    many.push_back(candidate(0.4 + 0.5 * share, 20 + 100 * share, 2));
  }
  return many;
}

std::vector<Duration> spread(Duration middle, Duration around, int count) {
  std::vector<Duration> values;
  for (int i = 0; i < count; ++i) values.push_back(middle + around * (2 * i - count + 1) / count);
  return values;
}

// As many of each model as a profile keeps, for the policies that look at distributions.
std::vector<std::vector<Duration>> times_of(const std::vector<Candidate>& candidates) {
  std::vector<std::vector<Duration>> times;
  for (const Candidate& model : candidates) {
    times.push_back(spread(model.mean, 2 * model.deviation, 64));
  }
  return times;
}

void decide(benchmark::State& state, std::string_view policy_name) {
  const auto policy = make_selector(policy_name).value();
  auto candidates = models(state.range(0));
  const auto times = times_of(candidates);
  for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i].times = times[i];
  const std::vector<Duration> way_back = spread(from_ms(30), from_ms(20), 100);
  std::vector<double> probability(candidates.size());
  Rng rng(1);
  // Budgets from too little to plenty, so that every path is taken.
  std::vector<Budget> budgets;
  for (int ms = 10; ms < 200; ++ms) budgets.push_back(budget_ms(ms, ms - 10));
  const auto one = [&](const Budget& budget) {
    benchmark::DoNotOptimize(policy->select({.candidates = candidates,
                                             .budget = budget,
                                             .sla = from_ms(250),
                                             .way_back = way_back,
                                             .output = from_ms(30),
                                             .load = {.waiting = 3,
                                                      .workers = 8,
                                                      .running_work = from_ms(300),
                                                      .usual_slack = from_ms(190),
                                                      .arrivals_per_second = 100,
                                                      .period_arrivals_per_second = 100}},
                                            rng, probability));
  };
  for (const Budget& budget : budgets) one(budget);  // what is planned ahead is planned here
  std::size_t next = 0;
  const auto before = allocations.load();
  for (auto _ : state) one(budgets[next++ % budgets.size()]);
  state.counters["allocations"] = static_cast<double>(allocations.load() - before);
}

const int kRegistered = [] {
  for (const auto name : selector_names()) {
    benchmark::RegisterBenchmark(std::string(name).c_str(),
                                 [name](benchmark::State& state) { decide(state, name); })
        ->Arg(11)
        ->Arg(40)
        ->Arg(1000);
  }
  return 0;
}();

}  // namespace
}  // namespace cnnselect
