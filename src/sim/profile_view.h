// What the simulated server knows of its models' times: the truth, or what it has learnt.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "engine/scheduler.h"
#include "sim/model_memory.h"
#include "sim/workload.h"
#include "stats/latency_learner.h"

namespace cnnselect {

enum class ProfileKnowledge {
  kTrue,    ///< the profile table as it stands, from the first request to the last
  kLearnt,  ///< ten warm-up runs, then every execution when it ends, as the server learns
};

/// "true" or "learnt". Errors name the text and what is allowed.
Result<ProfileKnowledge> parse_profile_knowledge(std::string_view text);

/// Not thread-safe. All arguments outlive the view.
class ProfileView final : public ModelProfiles {
 public:
  /// `memory` may be null: all models are in memory.
  ProfileView(const ModelSet& models, const Workload& workload, ProfileKnowledge knowledge,
              const ModelMemory* memory);

  Candidate candidate(ModelId id, TimePoint now, std::span<Duration> space) const override;
  /// One execution of the model ended at `now` and had taken `took`.
  void record(ModelId id, Duration took, TimePoint now);

 private:
  const ModelSet& models_;
  const ModelMemory* memory_;
  std::vector<LatencyLearner> learners_;  ///< by model; empty: the truth is known
  std::vector<Duration> profiled_;        ///< means after the warm-up
};

}  // namespace cnnselect
