// Study: policies over one workload, as `cnnselect simulate` is told. The command and the Python
// module read the same options by this and run the same sweep. Pure but for the files that the
// options name.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sim/sweep.h"

namespace cnnselect {

// The most of each number below; the least is 1.
inline constexpr std::size_t kMostRequests = 10'000'000;
inline constexpr std::size_t kMostClients = 1'000'000;
inline constexpr std::size_t kMostImageBytes = 1'000'000'000;
inline constexpr int kMostJobs = 256;

/// As typed, apart from numbers. docs/simulator.md says what each means; the names are those of the
/// command's options.
struct StudyOptions {
  std::string profile;
  std::string network = "normal(63,15)";
  double correlation = 1;
  std::string estimate = "double-input";
  std::string feedback = "next-request";
  std::size_t clients = 100;
  std::string input = "measured";
  std::string way_back = "at-departure";
  std::string overhead = "0ms";
  std::string profiles = "true";
  std::string device;
  std::string duplicate = "late";
  std::string drift;
  bool cold = false;
  std::string memory;
  std::string sla = "50ms..350ms:50ms";
  // What a server does, the paper's rule, and what the paper compares itself with.
  std::vector<std::string> policies = {std::string(kDefaultPolicy), "cnnselect", "static-greedy"};
  std::string threshold = "10ms";
  std::string workers = "unlimited";
  std::string late = "answer";
  std::optional<double> rate;
  std::string arrivals = "poisson";
  std::size_t image_bytes = 110'000;
  std::size_t requests = 10'000;
  std::uint64_t seed = 1;
  int jobs = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
};

/// What the options mean.
struct Study {
  ModelSet models;
  Network network;
  Workload workload;
  SimulationSetting setting;
  std::vector<Duration> slas;
  std::vector<SweepPolicy> policies;
};

/// Reads the files and makes the policies. Errors name the option, what was seen and what is
/// allowed.
Result<Study> read_study(const StudyOptions& options, const PolicyRegistry& registry);

}  // namespace cnnselect
