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

Result<Feedback> parse_feedback(std::string_view text) {
  if (text == "next-request") return Feedback::kNextRequest;
  if (text == "at-once") return Feedback::kAtOnce;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}'; allowed: next-request, at-once", text));
}

Result<InputKnowledge> parse_input_knowledge(std::string_view text) {
  if (text == "measured") return InputKnowledge::kMeasured;
  if (text == "exact") return InputKnowledge::kExact;
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}'; allowed: measured, exact", text));
}

RequestTiming NetworkView::arrive(const Visit& visit) {
  const Duration input = input_of(visit);
  RequestTiming timing{.elapsed = {}, .input = input, .output = input, .received = visit.received};
  way_back_.clear();
  switch (options_.knowledge) {
    case NetworkKnowledge::kDoubleInput:
      break;
    case NetworkKnowledge::kPerfect:
      timing.output = visit.network.output;
      break;
    case NetworkKnowledge::kLaw:
      know_law(input);
      break;
    case NetworkKnowledge::kLearnt:
      hear(visit);
      learner_.estimate(input, way_back_);
      break;
  }
  if (!way_back_.empty()) timing.output = way_back_[way_back_.size() / 2];
  return timing;
}

void NetworkView::answered(const Visit& visit, Duration output, TimePoint when) {
  if (options_.knowledge != NetworkKnowledge::kLearnt) return;
  const Told told{
      .when = when, .received = visit.received, .input = input_of(visit), .output = output};
  if (options_.feedback == Feedback::kAtOnce) {
    to_be_told_.push(told);
    return;
  }
  by_client_[visit.client].push_back(told);
}

Duration NetworkView::input_of(const Visit& visit) const {
  if (options_.input == InputKnowledge::kExact) return visit.network.input;
  return std::max(visit.network.input + visit.input_error, Duration::zero());
}

/// What is told until `visit` is here, or by it.
void NetworkView::hear(const Visit& visit) {
  for (; !to_be_told_.empty() && to_be_told_.top().when <= visit.received; to_be_told_.pop()) {
    learn(to_be_told_.top(), to_be_told_.top().when);
  }
  const auto client = by_client_.find(visit.client);
  if (client == by_client_.end()) return;
  auto& answers = client->second;
  const auto there =
      std::ranges::partition(answers, [&](const Told& told) { return told.when > visit.sent; });
  if (there.empty()) return;
  learn(*std::ranges::max_element(there), visit.received);
  answers.erase(there.begin(), there.end());
}

void NetworkView::learn(const Told& told, TimePoint now) {
  learner_.add(told.input, told.output, {.arrived = told.received, .told = now});
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
