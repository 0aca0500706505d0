#include "sim/profile_view.h"

#include <fmt/format.h>

#include "engine/believed.h"

namespace cnnselect {

Result<ProfileKnowledge> parse_profile_knowledge(std::string_view text) {
  if (text == "true") return ProfileKnowledge::kTrue;
  if (text == "learnt") return ProfileKnowledge::kLearnt;
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}'; allowed: true, learnt", text));
}

ProfileView::ProfileView(const ModelSet& models, const Workload& workload,
                         ProfileKnowledge knowledge, const ModelMemory* memory)
    : models_(models), memory_(memory) {
  if (knowledge == ProfileKnowledge::kTrue) return;
  learners_.resize(models.size());
  for (std::size_t m = 0; m < models.size(); ++m) {
    for (const Duration took : workload.warm_up(m)) learners_[m].record(took, TimePoint());
    profiled_.push_back(learners_[m].summary().mean);
  }
}

Candidate ProfileView::candidate(ModelId id, TimePoint now, std::span<Duration> space) const {
  Candidate candidate = models_.candidates()[id.value];
  if (memory_ != nullptr) candidate.cold_start = memory_->cold_start(id, now);
  if (learners_.empty()) return candidate;
  candidate.profiled = profiled_[id.value];
  return as_believed(candidate, learners_[id.value], now, space);
}

void ProfileView::record(ModelId id, Duration took, TimePoint now) {
  if (!learners_.empty()) learners_[id.value].record(took, now);
}

}  // namespace cnnselect
