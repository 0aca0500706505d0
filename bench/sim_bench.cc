// The simulator's speed: requests per second without and with a queue, and a whole figure of the
// paper. Bars: 3 million a second without a queue and 1 million with 8 workers, on one core; the
// figure in less than a second.
#include <benchmark/benchmark.h>

#include "select/registry.h"
#include "sim/sweep.h"

namespace cnnselect {
namespace {

/// As many models as the paper's Table 5, 25 to 113 ms.
ModelSet models_of(int count) {
  std::vector<ProfileRow> rows;
  for (int i = 0; i < count; ++i) {
    ProfileRow row;
    row.model = "m" + std::to_string(i);
    row.top1 = 0.5 + 0.33 * i / count;
    row.mean = from_ms(25 + 88.0 * i / count);
    row.deviation = from_ms(3);
    rows.push_back(std::move(row));
  }
  return ModelSet::from_profiles(rows, "bench").value();
}

Workload workload_of(const ModelSet& models, double rate, std::size_t requests) {
  return {models,
          Network::parse("normal(50,25)", 1).value(),
          Arrivals::parse("poisson", rate).value(),
          {.requests = requests}};
}

void run(benchmark::State& state, const ModelSet& models, const Workload& workload,
         const SimulationSetting& setting) {
  const auto policy = make_selector("cnnselect").value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(simulate(models, workload, *policy, setting).data());
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(workload.requests().size()));
}

void without_queue(benchmark::State& state) {
  const ModelSet models = models_of(static_cast<int>(state.range(0)));
  const Workload workload = workload_of(models, 20, static_cast<std::size_t>(state.range(1)));
  run(state, models, workload, {.sla = from_ms(200), .threshold = from_ms(10)});
}
BENCHMARK(without_queue)->Args({11, 10'000})->Args({11, 100'000})->Args({44, 10'000});

void with_eight_workers(benchmark::State& state) {
  const ModelSet models = models_of(static_cast<int>(state.range(0)));
  const Workload workload = workload_of(models, 100, static_cast<std::size_t>(state.range(1)));
  run(state, models, workload, {.sla = from_ms(300), .threshold = from_ms(10), .workers = 8});
}
BENCHMARK(with_eight_workers)->Args({11, 10'000})->Args({11, 100'000})->Args({44, 10'000});

/// Fig. 13: 60 SLAs, 2 policies, 10,000 requests a point, everything from the draws to the means.
void whole_figure(benchmark::State& state) {
  const ModelSet models = models_of(11);
  std::vector<Duration> slas;
  for (int i = 1; i <= 60; ++i) slas.push_back(from_ms(5.0 * i));
  for (auto _ : state) {
    const Workload workload = workload_of(models, 20, 10'000);
    benchmark::DoNotOptimize(run_sweep(models, workload, {"cnnselect", "static-greedy"}, slas,
                                       {.threshold = from_ms(10)}, static_cast<int>(state.range(0)))
                                 .has_value());
  }
}
BENCHMARK(whole_figure)
    ->ArgName("jobs")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace cnnselect
