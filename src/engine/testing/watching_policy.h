// For tests: a policy that keeps what it was last shown, and chooses the first candidate.
#pragma once

#include <vector>

#include "cnnselect/selector.h"

namespace cnnselect {

class WatchingPolicy final : public Selector {
 public:
  std::string_view name() const override { return "watching"; }
  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    load = input.load;
    waited = input.waited;
    running.clear();
    for (const Candidate& model : input.candidates) running.push_back(model.running);
    first = input.candidates[0];
    times.assign(first.times.begin(), first.times.end());
    probability[0] = 1;
    return {};
  }

  mutable LoadView load;
  mutable Duration waited{};
  mutable std::vector<std::size_t> running;  // of each candidate
  mutable Candidate first;                   // but for its times:
  mutable std::vector<Duration> times;
};

}  // namespace cnnselect
