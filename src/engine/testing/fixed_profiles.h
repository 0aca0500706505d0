// For tests: profiles that never change, by model id.
#pragma once

#include <vector>

#include "engine/scheduler.h"

namespace cnnselect {

class FixedProfiles final : public ModelProfiles {
 public:
  explicit FixedProfiles(std::vector<Candidate> candidates) : candidates_(std::move(candidates)) {}
  Candidate candidate(ModelId id, TimePoint, std::span<Duration>) const override {
    return candidates_.at(id.value);
  }

 private:
  std::vector<Candidate> candidates_;
};

}  // namespace cnnselect
