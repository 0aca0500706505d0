// For tests: candidates from milliseconds, and the eleven models of the paper's Table 5 (hot
// starts).
#pragma once

#include <string_view>
#include <vector>

#include "cnnselect/selector.h"

namespace cnnselect {

inline Candidate candidate(double accuracy, double mean_ms, double deviation_ms,
                           std::uint32_t id = 0) {
  return {.model = ModelId{id},
          .accuracy = accuracy,
          .mean = from_ms(mean_ms),
          .deviation = from_ms(deviation_ms)};
}

/// In the table's order; kSqueezeNet ... are indices into it.
inline std::vector<Candidate> table5() {
  return {candidate(0.490, 28.61, 1.13, 0),  candidate(0.497, 25.73, 1.22, 1),
          candidate(0.632, 26.34, 1.19, 2),  candidate(0.642, 49.55, 3.21, 3),
          candidate(0.683, 28.02, 1.14, 4),  candidate(0.718, 28.15, 1.22, 5),
          candidate(0.739, 55.31, 4.09, 6),  candidate(0.775, 76.30, 5.74, 7),
          candidate(0.779, 55.75, 1.20, 8),  candidate(0.801, 82.78, 0.89, 9),
          candidate(0.826, 112.61, 6.09, 10)};
}
inline constexpr std::size_t kMobileNet025 = 1;
inline constexpr std::size_t kMobileNet10 = 5;
inline constexpr std::size_t kInceptionResNetV2 = 7;
inline constexpr std::size_t kInceptionV3 = 8;
inline constexpr std::size_t kInceptionV4 = 9;
inline constexpr std::size_t kNasNetLarge = 10;

inline Budget budget_ms(double soft, double hard) {
  return {.soft = from_ms(soft), .hard = from_ms(hard)};
}

struct Decision {
  Selection selection;
  std::vector<double> probability;
};

inline Decision decide(const Selector& policy, const SelectionInput& input,
                       std::uint64_t seed = 1) {
  Decision decision{.selection = {},
                    .probability = std::vector<double>(input.candidates.size(), -1.0)};
  Rng rng(seed);
  decision.selection = policy.select(input, rng, decision.probability);
  return decision;
}

inline Decision decide(const Selector& policy, const std::vector<Candidate>& models, Budget budget,
                       Duration sla = kForever, std::uint64_t seed = 1) {
  return decide(policy, {.candidates = models, .budget = budget, .sla = sla}, seed);
}

}  // namespace cnnselect
