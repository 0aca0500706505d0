// Policies over a grid of servers, loads, SLAs, families, networks and arrivals: where is `ontime`
// behind? Not a Google Benchmark: it measures accuracy, not time.
//
//   grid_bench [--cells N] [--seed S] [--requests R] [--families SEED] [--workers 1,2] [--policies a,b] [--jobs J]
//
// Draws N cells of the grid and runs every policy on the same requests of each. One CSV row a cell
// goes to standard output; a summary to standard error. docs/benchmarks.md has results.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "select/registry.h"
#include "sim/simulate.h"
#include "sim/summary.h"

namespace cnnselect {
namespace {

struct Family {
  std::string name;
  std::vector<ProfileRow> rows;
};

ProfileRow row_of(std::string name, double accuracy, double mean_ms, double deviation_ms) {
  ProfileRow row;
  row.model = std::move(name);
  row.top1 = accuracy;
  row.mean = from_ms(mean_ms);
  row.deviation = from_ms(deviation_ms);
  return row;
}

/// The embedded family as one of our machines measured it, rounded.
Family embedded() {
  return {"embedded",
          {row_of("mobilenet_025_32", .516, 0.11, .02), row_of("mobilenet_025_48", .6785, 0.14, .02),
           row_of("mobilenet_025_64", .7695, 0.15, .02), row_of("mobilenet_050_96", .8875, 0.67, .1),
           row_of("resnet_32_64", .904, 0.6, .1), row_of("resnet_32_96", .9795, 1.24, .2),
           row_of("resnet_64_192", .991, 17.7, 1)}};
}

/// 2 to 40 models over up to three decades of time, later ones mostly but not always better.
Family random_family(std::uint64_t seed) {
  Rng rng(seed * 7919 + 13);
  Family family{fmt::format("random{}", seed), {}};
  const auto count = static_cast<std::size_t>(2 * std::pow(20.0, rng.uniform()) + 0.5);
  const double decades = 0.3 + 2.7 * rng.uniform();
  const double fastest_ms = std::pow(10.0, 2 * rng.uniform() - (decades > 2 ? 0.5 : 0.0));
  const double worst = 0.1 + 0.6 * rng.uniform();
  const double best = worst + (0.99 - worst) * (0.3 + 0.7 * rng.uniform());
  const double bend = 0.3 + 1.2 * rng.uniform();
  const double scatter = 0.15 * rng.uniform();
  const double variation = std::pow(10.0, -2 + 1.5 * rng.uniform());
  for (std::size_t i = 0; i < count; ++i) {
    const double place = i == 0 ? 0 : i + 1 == count ? 1 : rng.uniform();
    const double mean = fastest_ms * std::pow(10.0, decades * place);
    const double accuracy = worst + (best - worst) * std::pow(place, bend) +
                            (best - worst) * scatter * (2 * rng.uniform() - 1);
    family.rows.push_back(row_of(fmt::format("m{}", i), std::clamp(accuracy, 0.01, 0.999), mean,
                                 mean * variation * (0.5 + rng.uniform())));
  }
  return family;
}

Family imagenet9() {
  return {"imagenet9",
          {row_of("a", .575, 4, .2), row_of("b", .605, 6, .3), row_of("c", .675, 8, .4),
           row_of("d", .698, 11, .5), row_of("e", .718, 14, .7), row_of("f", .745, 20, 1),
           row_of("g", .761, 27, 1.3), row_of("h", .774, 36, 2), row_of("i", .785, 50, 2.5)}};
}

Family table5_family() {
  return {"table5",
          {row_of("SqueezeNet", .490, 28.61, 1.13), row_of("MobileNetV1_0.25", .497, 25.73, 1.22),
           row_of("MobileNetV1_0.5", .632, 26.34, 1.19), row_of("DenseNet", .642, 49.55, 3.21),
           row_of("MobileNetV1_0.75", .683, 28.02, 1.14),
           row_of("MobileNetV1_1.0", .718, 28.15, 1.22), row_of("NasNet_Mobile", .739, 55.31, 4.09),
           row_of("InceptionResNetV2", .775, 76.3, 5.74), row_of("InceptionV3", .779, 55.75, 1.2),
           row_of("InceptionV4", .801, 82.78, .89), row_of("NasNet_Large", .826, 112.61, 6.09)}};
}

struct NetworkChoice {
  const char* name;
  const char* law;
  double round_trip_ms;
};
constexpr NetworkChoice kNetworks[] = {{"none", "constant(0.001)", 0},
                                       {"campus", "normal(57.87,30.79)", 2 * 57.87},
                                       {"LTE", "normal(364.66,170.59)", 2 * 364.66}};

struct Cell {
  Family family;
  int workers = 1;
  double share = 0;       // of the capacity
  bool of_fastest = true; // the capacity's model
  double sla_place = 0;   // 0: 1.2 x fastest, 1: 3 x slowest
  NetworkChoice network;
  std::string arrivals;
  std::uint64_t seed = 1;
  // Derived:
  Duration sla{};
  double rate = 0;
};

struct Outcome {
  double effective = 0;
  double half = 0;
};

/// The cell's SLA and rate.
void derive(Cell& cell) {
  double fastest = 1e18;
  double slowest = 0;
  for (const ProfileRow& row : cell.family.rows) {
    fastest = std::min(fastest, to_ms(*row.mean));
    slowest = std::max(slowest, to_ms(*row.mean));
  }
  const double least = 1.2 * fastest;
  const double own = least * std::pow(3 * slowest / least, cell.sla_place);
  cell.sla = from_ms(own + cell.network.round_trip_ms);
  double basis = fastest;
  double accuracy = -1;
  for (const ProfileRow& row : cell.family.rows) {
    if (cell.of_fastest || to_ms(*row.mean) + to_ms(*row.deviation) > own) continue;
    if (*row.top1 > accuracy) {
      accuracy = *row.top1;
      basis = to_ms(*row.mean);
    }
  }
  cell.rate = cell.share * cell.workers / basis * 1000;
}

Cell draw_cell(Rng& rng, const std::vector<int>& workers, std::uint64_t families,
               const std::string& only_arrivals, const std::string& only_network,
               const std::string& only_family) {
  Cell cell;
  const auto any = [&](std::size_t count) {
    return static_cast<std::size_t>(rng.uniform() * static_cast<double>(count));
  };
  const std::size_t which = any(46);
  cell.family = which < 2 ? table5_family() : which < 4 ? embedded() : which < 6 ? imagenet9()
                                            : random_family(families * 1000 + which - 6);
  if (only_family == "table5") cell.family = table5_family();
  if (only_family == "embedded") cell.family = embedded();
  cell.workers = workers[any(workers.size())];
  constexpr double kShares[] = {0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95};
  cell.share = kShares[any(8)];
  cell.of_fastest = any(2) == 0;
  cell.sla_place = rng.uniform();
  cell.network = kNetworks[any(3)];
  if (!only_network.empty()) {
    for (const auto& network : kNetworks) {
      if (network.name == only_network) cell.network = network;
    }
  }
  const std::size_t arrivals = any(3);
  const auto c = static_cast<std::size_t>(cell.workers);
  const std::size_t clients[] = {1, c, c + 1, 2 * c, 4 * c, 8 * c};
  const std::size_t many = clients[any(6)];
  cell.arrivals = arrivals == 0 ? "poisson" : arrivals == 1 ? "gamma(4)" : "";
  if (!only_arrivals.empty()) cell.arrivals = only_arrivals == "closed" ? "" : only_arrivals;
  if (cell.arrivals.empty()) cell.arrivals = fmt::format("closed({})", many);
  cell.seed = rng();
  derive(cell);
  return cell;
}

std::vector<Outcome> run(const Cell& cell, const std::vector<std::string>& policies,
                         std::size_t requests) {
  const ModelSet models = ModelSet::from_profiles(cell.family.rows, "grid").value();
  const bool closed = cell.arrivals.starts_with("closed");
  const Network network = Network::parse(cell.network.law, 0.3).value();
  const Workload workload(
      models, network,
      Arrivals::parse(cell.arrivals, closed ? std::nullopt
                                            : std::optional(std::clamp(cell.rate, 0.001, 1e6)))
          .value(),
      {.requests = requests, .seed = cell.seed});
  std::vector<Outcome> outcomes;
  for (const std::string& name : policies) {
    const auto policy = make_selector(name).value();
    SimulationSetting setting{.sla = cell.sla, .threshold = from_ms(10), .workers = cell.workers};
    setting.network.knowledge = NetworkKnowledge::kLearnt;
    const auto summary =
        summarise_simulation(models.size(), simulate(models, workload, *policy, setting), cell.sla);
    outcomes.push_back({100 * summary.effective_accuracy, 100 * summary.effective_half});
  }
  return outcomes;
}

/// More where they come fast: several seconds of each cell.
std::size_t requests_of(const Cell& cell, std::size_t least) {
  if (cell.arrivals.starts_with("closed")) return least;
  return static_cast<std::size_t>(std::clamp(6 * cell.rate, static_cast<double>(least), 20.0 * static_cast<double>(least)));
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

int bench(int argc, char** argv) {
  std::size_t cells = 200;
  std::size_t requests = 5000;
  std::uint64_t seed = 1;
  std::uint64_t families = 0;
  std::vector<int> workers{1, 2, 4, 8, 32};
  std::string policies =
      "ontime,budget-greedy,slack-greedy,slackfit,infaas,model-switching,alert,proteus,cnnselect,fastest,"
      "static-greedy";
  int jobs = 1;
  std::string arrivals;
  std::string network;
  std::string family;
  int only = -1;
  CLI::App app;
  app.add_option("--cells", cells);
  app.add_option("--requests", requests);
  app.add_option("--seed", seed);
  app.add_option("--families", families);
  app.add_option("--workers", workers)->delimiter(',');
  app.add_option("--policies", policies);
  app.add_option("--arrivals", arrivals);
  app.add_option("--network", network);
  app.add_option("--family", family);
  app.add_option("--only", only);
  app.add_option("--jobs", jobs);
  CLI11_PARSE(app, argc, argv);
  const auto names = split(policies);

  Rng rng(seed);
  std::vector<Cell> all;
  for (std::size_t i = 0; i < cells; ++i) all.push_back(draw_cell(rng, workers, families, arrivals, network, family));
  std::vector<std::vector<Outcome>> results(cells);
  std::atomic<std::size_t> next = 0;
  {
    std::vector<std::jthread> team;
    for (int j = 0; j < jobs; ++j) {
      team.emplace_back([&] {
        for (std::size_t i = next++; i < cells; i = next++) {
          if (only >= 0 && i != static_cast<std::size_t>(only)) continue;
          results[i] = run(all[i], names, requests_of(all[i], requests));
        }
      });
    }
  }
  fmt::print("cell,family,models,workers,share,of,sla_ms,network,arrivals,rate,{}\n", policies);
  std::map<int, std::vector<double>> behind;
  for (std::size_t i = 0; i < cells; ++i) {
    if (results[i].empty()) continue;
    const Cell& cell = all[i];
    fmt::print("{},{},{},{},{},{},{:.3f},{},{},{:.3f}", i, cell.family.name, cell.family.rows.size(),
               cell.workers, cell.share, cell.of_fastest ? "fastest" : "best", to_ms(cell.sla),
               cell.network.name, cell.arrivals, cell.rate);
    double best = 0;
    for (std::size_t p = 0; p < names.size(); ++p) {
      fmt::print(",{:.2f}", results[i][p].effective);
      if (p > 0) best = std::max(best, results[i][p].effective);
    }
    fmt::print("\n");
    behind[cell.workers].push_back(best - results[i][0].effective);
  }
  for (auto& [count, gaps] : behind) {
    std::ranges::sort(gaps);
    double sum = 0;
    std::size_t by1 = 0;
    std::size_t by2 = 0;
    for (const double gap : gaps) {
      sum += gap;
      by1 += gap > 1;
      by2 += gap > 2;
    }
    fmt::print(stderr, "{:3} workers: {:4} cells, behind on the average {:6.2f}, worst {:6.2f}, >1: {}, >2: {}\n",
               count, gaps.size(), sum / static_cast<double>(gaps.size()), gaps.back(), by1, by2);
  }
  return 0;
}

}  // namespace
}  // namespace cnnselect

int main(int argc, char** argv) { return cnnselect::bench(argc, argv); }
