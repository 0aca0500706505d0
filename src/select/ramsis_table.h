// RamsisTable: what RAMSIS (Mendoza et al., EuroSys 2024) plans ahead of time for one worker: which
// model serves the head of the queue, by how many wait and by how much time the head has left.
//
// A Markov decision process, solved by value iteration for the largest accuracy per request, where
// a late answer is worth nothing. Simplified to batch 1. As in the paper a model takes its 95th
// percentile, for certain, and may serve only who has that much left; arrivals are Poisson. The
// state knows only the head: those behind it are taken to have come evenly since it came. An
// immutable value.
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
  static constexpr std::size_t kQueued = 32;  ///< more are counted as so many
  static constexpr std::size_t kSteps = 100;  ///< of the time left

  /// `arrivals` >= 0: at the one worker, per unit of time. `models`: at least one. Takes tens of
  /// milliseconds.
  RamsisTable(std::span<const RamsisModel> models, double arrivals);

  /// Index of the model for the head, of `queued` >= 1 with the head itself; `left` of the time it
  /// had is left. Nothing: no model is in time any more.
  std::optional<std::size_t> choice(std::size_t queued, double left) const;

 private:
  std::vector<std::int32_t> choices_;  // by queued - 1, then step; -1: none
};

}  // namespace cnnselect
