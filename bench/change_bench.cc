// How soon policies find their feet after a change: effective accuracy in windows of requests after
// all models slow down or recover, or the network changes its class. Prints a Markdown table. The
// bar: back within 2 points of where it settles after at most 200 requests.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "model/profile_table.h"
#include "select/registry.h"
#include "sim/simulate.h"

namespace cnnselect {
namespace {

constexpr std::size_t kBefore = 2'000;
constexpr std::size_t kAfter = 3'000;
constexpr std::size_t kWindow = 50;
constexpr std::size_t kSettled = 1'000;  // at the end
constexpr std::uint64_t kSeeds = 100;
constexpr double kRate = 20;
constexpr double kPoints = 0.02;

struct Case {
  std::string name;
  std::string drift;  // "%" stands for the moment of the change
  std::string network = "normal(50,25)";
};

std::vector<Case> cases() {
  return {
      {"all models 2x slower", "[[change]]\nat_ms = %\nslowdown = 2\n"},
      {"all models recover from 2x",
       "[[change]]\nat_ms = 0\nslowdown = 2\n"
       "[[change]]\nat_ms = %\nslowdown = 1\n"},
      {"InceptionV3 2x slower", "[[change]]\nat_ms = %\nslowdown = 2\nmodel = \"InceptionV3\"\n"},
      {"network normal(50,25) to normal(100,50)",
       "[[change]]\nat_ms = %\nnetwork = \"normal(100,50)\"\n"},
      {"network normal(100,50) to normal(50,25)",
       "[[change]]\nat_ms = %\nnetwork = \"normal(50,25)\"\n", "normal(100,50)"},
  };
}

/// Mean effective accuracy by the number of requests since the change, in windows.
std::vector<double> windows_after(const ModelSet& models, const Case& change,
                                  const Selector& policy, Duration sla) {
  std::string text = change.drift;
  text.replace(text.find('%'), 1, fmt::format("{}", 1'000.0 * kBefore / kRate));
  const WorkloadOptions options{.requests = kBefore + kAfter,
                                .drift = parse_drift(text, "drift", models, 0.3).value()};
  const Network network = Network::parse(change.network, 0.3).value();
  const Arrivals arrivals = Arrivals::parse("uniform", kRate).value();
  std::vector<double> windows(kAfter / kWindow);
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    WorkloadOptions seeded = options;
    seeded.seed = seed;
    const auto outcomes =
        simulate(models, Workload(models, network, arrivals, seeded), policy,
                 {.sla = sla,
                  .threshold = from_ms(10),
                  .network = {.knowledge = NetworkKnowledge::kLearnt, .one_way_times = {}},
                  .profiles = ProfileKnowledge::kLearnt,
                  .seed = seed});
    for (std::size_t i = 0; i < kAfter; ++i) {
      const SimulatedOutcome& outcome = outcomes[kBefore + i];
      if (outcome.answered() && outcome.total <= sla) windows[i / kWindow] += outcome.accuracy;
    }
  }
  for (double& window : windows) window /= static_cast<double>(kWindow * kSeeds);
  return windows;
}

void report(const Case& change, std::string_view policy, Duration sla,
            const std::vector<double>& windows) {
  constexpr std::size_t kLast = kSettled / kWindow;
  double settled = 0;
  for (std::size_t i = windows.size() - kLast; i < windows.size(); ++i) settled += windows[i];
  settled /= kLast;
  std::size_t back = windows.size();
  while (back > 0 && std::abs(windows[back - 1] - settled) <= kPoints) --back;
  fmt::print("| {} | {} | {:.0f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {} |\n", change.name, policy,
             to_ms(sla), 100 * windows[0], 100 * windows[1], 100 * windows[3], 100 * settled,
             back * kWindow);
}

int run() {
  const auto rows = load_profile_table(CNNSELECT_SOURCE_DIR "/data/paper/table5.csv").value();
  const ModelSet models = ModelSet::from_profiles(rows, "table5").value();
  fmt::print(
      "| change | policy | SLA ms | requests 0-50, % | 50-100 | 150-200 | settled | within 2 "
      "points after |\n|---|---|---|---|---|---|---|---|\n");
  for (const Case& change : cases()) {
    for (const std::string_view name : {"ontime", "cnnselect", "budget-greedy"}) {
      const auto policy = make_selector(name).value();
      for (const double sla : {200.0, 300.0}) {
        report(change, name, from_ms(sla), windows_after(models, change, *policy, from_ms(sla)));
      }
    }
  }
  return 0;
}

}  // namespace
}  // namespace cnnselect

int main() { return cnnselect::run(); }
