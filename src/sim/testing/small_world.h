// For tests: a few models and workloads of them.
#pragma once

#include <string>
#include <vector>

#include "sim/model_set.h"
#include "sim/workload.h"

namespace cnnselect {

inline ProfileRow row(std::string name, double top1, double mean_ms, double deviation_ms) {
  ProfileRow made;
  made.model = std::move(name);
  made.top1 = top1;
  made.mean = from_ms(mean_ms);
  made.deviation = from_ms(deviation_ms);
  return made;
}

inline ModelSet three_models() {
  return ModelSet::from_profiles(
             {row("small", 0.5, 10, 1), row("medium", 0.7, 40, 4), row("large", 0.9, 100, 10)},
             "test")
      .value();
}

/// "small" of 10 bytes, 10 ms, .5, and "large" of 100 bytes, 100 ms, .9; nothing deviates.
inline ModelSet two_models_to_load(Duration small_load, Duration large_load) {
  auto small = row("small", 0.5, 10, 0);
  auto large = row("large", 0.9, 100, 0);
  small.cold_mean = small_load;
  large.cold_mean = large_load;
  small.bytes = 10;
  large.bytes = 100;
  return ModelSet::from_profiles({small, large}, "test").value();
}

inline Workload workload_of(const ModelSet& models, const char* network, double rate,
                            std::size_t requests, std::uint64_t seed = 1, double correlation = 1) {
  return {models,
          Network::parse(network, correlation).value(),
          Arrivals::parse("poisson", rate).value(),
          {.requests = requests, .seed = seed}};
}

}  // namespace cnnselect
