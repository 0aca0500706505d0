// RamsisTable: the plan that RAMSIS (Mendoza et al., EuroSys 2024) makes ahead for one worker. It
// says which model serves the head of the queue, by how many requests wait and by how much time the
// head has left.
//
// The plan is a Markov decision process, solved by value iteration for the largest accuracy per
// request. A late answer is worth nothing. It is simplified to batch 1. As in the paper, a model
// takes its 95th percentile for certain, and may serve only a request that has that much left.
// Arrivals are Poisson. The state knows only the head. The requests behind it are taken to have
// come evenly since it came. An immutable value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cnnselect {

/// Times are in units of what a request has left when it arrives.
struct RamsisModel {
  double accuracy = 0;
  double time = 0;  ///< > 0
};

class RamsisTable {
 public:
  static constexpr std::size_t kQueued = 32;  ///< a longer queue counts as this long
  static constexpr std::size_t kSteps = 100;  ///< of the time left

  /// `arrivals` >= 0: at this one worker, per unit of time. `models`: at least one. Takes tens of
  /// milliseconds.
  RamsisTable(std::span<const RamsisModel> models, double arrivals);

  /// Index of the model for the head. `queued` >= 1 counts the head too. `left` is what is left of
  /// the time that it had. Nothing: no model can be in time any more.
  std::optional<std::size_t> choice(std::size_t queued, double left) const;

 private:
  std::vector<std::int32_t> choices_;  // by queued - 1, then step; -1: none
};

}  // namespace cnnselect
