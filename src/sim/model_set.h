// ModelSet: the models that a simulation chooses among, with the truth about their times. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/rng.h"
#include "cnnselect/selector.h"
#include "model/profile_table.h"

namespace cnnselect {

struct SimulatedModel {
  std::string name;
  double accuracy = 0;   ///< top-1, fraction in [0, 1]
  Duration mean{};       ///< of one execution, > 0
  Duration deviation{};  ///< >= 0
  /// Measured times, ascending, of which executions are drawn; empty: normal(mean, deviation).
  std::vector<Duration> samples;
  // Where the profile knows them:
  std::optional<Duration> cold_mean = std::nullopt;  ///< of load and first run, > 0
  Duration cold_deviation{};                         ///< >= 0
  std::optional<std::uint64_t> bytes = std::nullopt;
};

/// One execution: of the samples, or of the normal law redrawn until > 0, as in the authors'
/// simulator.
Duration draw_execution(const SimulatedModel& model, Rng& rng);

class ModelSet {
 public:
  ModelSet(ModelSet&&) = default;  // moving keeps the times where they are
  ModelSet& operator=(ModelSet&&) = default;

  /// From a profile table: each row needs top1 and mean_ms; no std_ms means 0. The models are put
  /// in the order of mean time, then name, whatever the table's: results do not depend on that.
  /// Errors name `source`, the model and the cell; and a table without rows.
  static Result<ModelSet> from_profiles(const std::vector<ProfileRow>& rows,
                                        std::string_view source);

  /// Likewise, with the times of row i measured: `samples[i]`, not empty, each > 0. The table's
  /// means and deviations, if any, give way to theirs.
  static Result<ModelSet> from_samples(const std::vector<ProfileRow>& rows,
                                       std::vector<std::vector<Duration>> samples,
                                       std::string_view source);

  const std::vector<SimulatedModel>& models() const { return models_; }
  /// What policies see of them: the same numbers, and as `times` the true law's quantiles; ModelId
  /// is the index. Valid as long as the set.
  const std::vector<Candidate>& candidates() const { return candidates_; }
  std::size_t size() const { return models_.size(); }

 private:
  explicit ModelSet(std::vector<SimulatedModel> models);

  std::vector<SimulatedModel> models_;
  std::vector<std::vector<Duration>> times_;  // by model, for the candidates
  std::vector<Candidate> candidates_;
};

}  // namespace cnnselect
