// Policies over a grid of servers, loads, SLAs, families, networks and arrivals: where is the first
// policy behind? Not a Google Benchmark: it measures accuracy, not time.
//
//   grid_bench [--cells N] [--seed S] [--requests R] [--workers 1,2] [--policies a,b] [--jobs J]
//              [--families S] [--arrivals A] [--network N] [--family F] [--only CELL]
//
// Draws N cells (grid_cells.h) and runs every policy on the same requests of each: at least R, and
// six seconds' worth up to 20 R. A CSV row per cell goes to standard output, a summary to standard
// error. Results are in docs/benchmarks/policies.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "grid_cells.h"
#include "select/registry.h"
#include "sim/simulate.h"
#include "sim/summary.h"

namespace cnnselect {
namespace {

/// The two ways of a request in the grid's networks.
constexpr double kCorrelation = 0.3;
constexpr double kLeastSeconds = 6;
constexpr double kMostTimes = 20;

struct GridResult {
  std::vector<double> effective;  // in %, by policy; empty: not run
  double half = 0;                // of the first policy's 95 % interval

  double best_other() const {
    return effective.size() < 2 ? 0 : *std::max_element(effective.begin() + 1, effective.end());
  }
};

std::size_t requests_of(const GridCell& cell, std::size_t least) {
  if (cell.closed()) return least;
  const auto wanted = static_cast<double>(least);
  return static_cast<std::size_t>(
      std::clamp(kLeastSeconds * cell.rate, wanted, kMostTimes * wanted));
}

GridResult run(const GridCell& cell, const std::vector<std::string>& policies,
               std::size_t requests) {
  const ModelSet models = ModelSet::from_profiles(cell.family.rows, cell.family.name).value();
  const Network network = Network::parse(cell.network.law, kCorrelation).value();
  const auto rate = cell.closed() ? std::nullopt : std::optional(cell.rate);
  const Workload workload(models, network, Arrivals::parse(cell.arrivals, rate).value(),
                          {.requests = requests_of(cell, requests), .seed = cell.seed});
  SimulationSetting setting{.sla = cell.sla, .threshold = from_ms(10), .workers = cell.workers};
  setting.network.knowledge = NetworkKnowledge::kLearnt;
  GridResult result;
  for (const std::string& name : policies) {
    const auto policy = make_selector(name).value();
    const auto summary =
        summarise_simulation(models.size(), simulate(models, workload, *policy, setting), cell.sla);
    if (result.effective.empty()) result.half = 100 * summary.effective_half;
    result.effective.push_back(100 * summary.effective_accuracy);
  }
  return result;
}

void print_rows(const std::vector<GridCell>& cells, const std::vector<GridResult>& results,
                const std::vector<std::string>& policies) {
  fmt::print("cell,family,models,workers,share,of,sla_ms,network,arrivals,rate,{},half_width\n",
             fmt::join(policies, ","));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (results[i].effective.empty()) continue;
    const GridCell& cell = cells[i];
    fmt::print("{},{},{},{},{},{},{:.3f},{},{},{:.3f},{:.2f},{:.2f}\n", i, cell.family.name,
               cell.family.rows.size(), cell.workers, cell.share,
               cell.of_fastest ? "fastest" : "best", to_ms(cell.sla), cell.network.name,
               cell.arrivals, cell.rate, fmt::join(results[i].effective, ","), results[i].half);
  }
}

void print_summary(const std::vector<GridCell>& cells, const std::vector<GridResult>& results) {
  std::map<int, std::vector<double>> behind;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (results[i].effective.empty()) continue;
    behind[cells[i].workers].push_back(results[i].best_other() - results[i].effective.front());
  }
  for (auto& [workers, gaps] : behind) {
    std::ranges::sort(gaps);
    double sum = 0;
    for (const double gap : gaps) sum += gap;
    const auto more_than = [&](double points) {
      return std::ranges::count_if(gaps, [&](double gap) { return gap > points; });
    };
    fmt::print(stderr,
               "{:3} workers: {:4} cells, behind the best other by {:6.2f} on the average and "
               "{:6.2f} at most, by more than 1: {}, more than 2: {}\n",
               workers, gaps.size(), sum / static_cast<double>(gaps.size()), gaps.back(),
               more_than(1), more_than(2));
  }
}

int bench(int argc, char** argv) {
  std::size_t count = 200;
  std::size_t requests = 5'000;
  std::uint64_t seed = 1;
  int jobs = 1;
  std::optional<std::size_t> only;
  std::vector<std::string> policies = {"ontime",    "budget-greedy",   "slack-greedy", "slackfit",
                                       "infaas",    "model-switching", "alert",        "proteus",
                                       "cnnselect", "fastest",         "static-greedy"};
  GridOptions options;
  CLI::App app{"Policies over a grid: where is the first one behind?"};
  app.add_option("--cells", count);
  app.add_option("--requests", requests);
  app.add_option("--seed", seed);
  app.add_option("--jobs", jobs);
  app.add_option("--only", only);
  app.add_option("--policies", policies)->delimiter(',');
  app.add_option("--workers", options.workers)->delimiter(',');
  app.add_option("--families", options.families);
  app.add_option("--arrivals", options.arrivals);
  app.add_option("--network", options.network);
  app.add_option("--family", options.family);
  CLI11_PARSE(app, argc, argv);

  Rng rng(seed);
  std::vector<GridCell> cells;
  for (std::size_t i = 0; i < count; ++i) cells.push_back(draw_cell(options, rng));
  std::vector<GridResult> results(count);
  std::atomic<std::size_t> next = 0;
  {
    std::vector<std::jthread> team;
    for (int j = 0; j < jobs; ++j) {
      team.emplace_back([&] {
        for (std::size_t i = next++; i < count; i = next++) {
          if (!only || *only == i) results[i] = run(cells[i], policies, requests);
        }
      });
    }
  }
  print_rows(cells, results, policies);
  print_summary(cells, results);
  return 0;
}

}  // namespace
}  // namespace cnnselect

int main(int argc, char** argv) { return cnnselect::bench(argc, argv); }
