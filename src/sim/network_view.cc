#include "sim/network_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "stats/percentile.h"

namespace cnnselect {

Result<NetworkKnowledge> parse_network_knowledge(std::string_view text) {
  if (text == "double-input") return NetworkKnowledge::kDoubleInput;
  if (text == "perfect") return NetworkKnowledge::kPerfect;
  if (text == "learnt") return NetworkKnowledge::kLearnt;
  if (text == "law") return NetworkKnowledge::kLaw;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}'; allowed: double-input, perfect, learnt, law", text));
}

RequestTiming NetworkView::arrive(const SimulatedRequest& request, TimePoint received) {
  const auto& [input, output] = request.network;
  RequestTiming timing{.elapsed = {}, .input = input, .output = input, .received = received};
  way_back_.clear();
  switch (options_.knowledge) {
    case NetworkKnowledge::kDoubleInput:
      break;
    case NetworkKnowledge::kPerfect:
      timing.output = output;
      break;
    case NetworkKnowledge::kLaw:
      know_law(input);
      break;
    case NetworkKnowledge::kLearnt:
      for (; !to_be_told_.empty() && to_be_told_.top().when <= received; to_be_told_.pop()) {
        const Told& told = to_be_told_.top();
        learner_.add(told.input, told.output, {.arrived = told.received, .told = told.when});
      }
      learner_.estimate(input, way_back_);
      break;
  }
  if (!way_back_.empty()) timing.output = way_back_[way_back_.size() / 2];
  return timing;
}

void NetworkView::answered(const SimulatedRequest& request, TimePoint received, TimePoint when) {
  if (options_.knowledge != NetworkKnowledge::kLearnt) return;
  to_be_told_.push({.when = when,
                    .received = received,
                    .input = request.network.input,
                    .output = request.network.output});
}

/// As many of each as the correlation says: this way's own time, and the law's.
void NetworkView::know_law(Duration input) {
  const auto& times = options_.one_way_times;
  const auto same = static_cast<std::size_t>(
      std::lround(options_.correlation * static_cast<double>(times.size())));
  way_back_.assign(same, input);
  append_evenly(std::span<const Duration>(times), times.size() - same, way_back_);
  std::ranges::sort(way_back_);
}

}  // namespace cnnselect
