#include "sim/profile_view.h"

#include <fmt/format.h>

#include <algorithm>

namespace cnnselect {

Result<ProfileKnowledge> parse_profile_knowledge(std::string_view text) {
  if (text == "true") return ProfileKnowledge::kTrue;
  if (text == "learnt") return ProfileKnowledge::kLearnt;
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}'; allowed: true, learnt", text));
}

ProfileView::ProfileView(const ModelSet& models, const Workload& workload,
                         ProfileKnowledge knowledge)
    : models_(models) {
  if (knowledge == ProfileKnowledge::kTrue) return;
  learners_.resize(models.size());
  for (std::size_t m = 0; m < models.size(); ++m) {
    for (const Duration took : workload.warm_up(m)) learners_[m].record(took, TimePoint());
    profiled_.push_back(learners_[m].summary().mean);
  }
}

Candidate ProfileView::candidate(ModelId id, std::span<Duration> space) const {
  Candidate candidate = models_.candidates()[id.value];
  if (learners_.empty()) return candidate;
  const LatencyLearner& learner = learners_[id.value];
  candidate.mean = learner.summary().mean;
  candidate.deviation = learner.summary().deviation;
  if (!space.empty()) std::ranges::copy(learner.times(), space.begin());
  candidate.times = space;
  candidate.profiled = profiled_[id.value];
  return candidate;
}

void ProfileView::record(ModelId id, Duration took, TimePoint now) {
  if (!learners_.empty()) learners_[id.value].record(took, now);
}

}  // namespace cnnselect
