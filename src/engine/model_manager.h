// ModelManager: loads models, warms them up, keeps their profiles, and hands out pins.
//
// With a memory budget every model is measured once, alone: its bytes, its cold start, its profile.
// Then only what fits stays loaded, and MemoryBudget brings the others in and out.
//
// A profile is the time that one request takes on a worker: preparing the tensor and running the
// model. A budget must cover both. Warm-up seeds the profile with runs alone. Preparing is learnt
// with the first requests. If others on the machine disturbed the warm-up, the log says so, and the
// profile is doubtful (warm_up.h, learnt_profile.h).
//
// A model may get another file while it serves. The new file is loaded, checked and warmed up
// beside the old one. The old one answers until the new one takes its place. If the new one fails,
// the old one stays.
//
// All functions are thread-safe. A ModelHandle pins its model: while one lives, the model stays
// loaded. With a lease, a request that has not run yet may still run on a model that was withdrawn
// meanwhile.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "cnnselect/backend.h"
#include "cnnselect/profile.h"
#include "engine/idle_measuring.h"
#include "engine/learnt_profile.h"
#include "engine/memory_budget.h"
#include "engine/scheduler.h"
#include "engine/warm_up.h"
#include "model/catalog.h"

namespace cnnselect {

/// What a model is loaded from, and how accurate it is.
struct ModelFile {
  std::filesystem::path path;
  int version = 1;
  std::optional<double> top1;  ///< as in FamilyMember
  std::optional<double> top5;
  friend bool operator==(const ModelFile&, const ModelFile&) = default;
};

/// The file that a family file states, or that the repository has.
ModelFile file_of(const FamilyMember& member);

/// A model's input and output, whether it is loaded or not.
struct ModelSpecs {
  TensorSpec input;
  TensorSpec output;
};

/// A pin on a loaded model. Copyable; the last copy's destruction unpins.
class ModelHandle {
 public:
  ModelHandle(std::shared_ptr<LoadedModel> model, int version)
      : model_(std::move(model)), version_(version) {}
  LoadedModel& model() const { return *model_; }
  /// Of the file that this model was loaded from, whatever was switched to since.
  int version() const { return version_; }

 private:
  std::shared_ptr<LoadedModel> model_;
  int version_;
};

class ModelManager final : public ModelProfiles {
 public:
  struct Options {
    /// Runs that seed the profile, after a discarded first run; >= 1. There are more while others
    /// on the machine disturb them (warm_up.h).
    int warm_up_runs = 10;
    int threads = 2;  ///< models loaded, then warmed up, at a time; >= 1
    /// Grows by the time that the calling thread did not run (base/processor_wait.h). Empty: every
    /// run counts as undisturbed.
    std::function<Duration()> off_processor;
    /// The share of a processor that a warm-up can expect beside the others, in (0, 1].
    double processor_share = 1;
    /// Checks that a loaded network is the one that its family file describes. Empty: not checked.
    /// Its errors name the model and the file.
    std::function<Status(const FamilyMember&, std::size_t labels, const LoadedModel&)> check;
    /// What an earlier run learnt of this file on this machine. Warm-up is then measured against
    /// it, and counts for nothing if it was disturbed. Empty, or nothing for a file: the profile
    /// begins with warm-up.
    std::function<std::optional<RememberedProfile>(ModelId, const ModelFile&)> remembered;
    /// Called after a model's file was switched for the nth time. May be empty.
    std::function<void(ModelId, const ModelFile&, std::uint64_t n)> switched;
    /// Bytes that loaded models may take together. Nothing: all of them stay loaded.
    std::optional<std::uint64_t> memory;
    /// Bytes that the process takes now, to measure a model by. Empty: a model's size is that of
    /// its file.
    std::function<std::uint64_t()> process_bytes;
  };

  /// `catalog`, `backend` and `clock` outlive the manager.
  ModelManager(const Catalog& catalog, Backend& backend, Clock& clock, Options options);
  ~ModelManager() override;

  /// Loads every model, several at a time. Then warms them up, at most `threads` runs at a time. So
  /// a profile starts from what a busy server sees, and not from a machine that is loading. Returns
  /// the first failure in catalog order, with its model and file. With a memory budget, models are
  /// loaded one after the other, and an error names the model that does not fit.
  Status load_all();
  /// Loads `file`, checks it and warms it up on this thread. Then it takes the model's place, with
  /// a new profile. Requests under way finish on what they began with. A withdrawn model is offered
  /// again. One call at a time. Errors: as load_all(); the model stays what it was.
  Status switch_to(ModelId id, const ModelFile& file);
  /// The model is not offered any more. It leaves the memory with its last lease, or, with a memory
  /// budget, when room is needed. Returns false if it was not offered.
  bool withdraw(ModelId id);
  /// While the copy lives, a request may still run on the model. Null: it is withdrawn.
  std::shared_ptr<const void> lease(ModelId id) const;
  /// The file that the model is loaded from.
  ModelFile file(ModelId id) const;
  int version(ModelId id) const;

  /// Whether requests may ask for the model: it was loaded once, its profile is known, and it is
  /// offered.
  bool ready(ModelId id) const;
  /// Whether it is in memory now.
  bool loaded(ModelId id) const;
  /// Error kUnavailable before it is ready.
  Result<std::shared_ptr<const ModelSpecs>> specs(ModelId id) const;

  /// Errors: kUnavailable if the model is not loaded. With a memory budget it is then loaded on
  /// this thread; waits and errors as MemoryBudget::use().
  Result<ModelHandle> acquire(ModelId id);
  /// A policy would have chosen this model if all were loaded.
  void wished(ModelId id);
  /// Nothing without a memory budget.
  std::optional<MemoryBudget::Counts> memory() const;

  /// Adds one hot execution (preparing and running, > 0) to the model's profile. `preparing` is the
  /// part of it before the run.
  void record(ModelId id, Duration took, Duration preparing = {});
  /// Runs the model once on a blank image, on a thread that gets only processor time that nobody
  /// else wants. The calling thread waits for it. Teaches nothing. Errors: kUnavailable if the
  /// model is not in memory, kCancelled if the run was stopped, else the run's.
  Result<TimedRun> run_in_idle_time(ModelId id, const std::stop_token& stop) const;
  /// Believes the times of such runs, undisturbed and one after the other until `now`, with the
  /// time for preparing. Does nothing if the model's file was switched since standing() told
  /// `switches`.
  void measured(ModelId id, std::span<const Duration> times, std::uint64_t switches, TimePoint now);
  /// What must be known to measure the model.
  MeasuredModel standing(ModelId id) const;
  Profile profile(ModelId id) const;
  /// What a later run of the server may go on with.
  RememberedProfile remember(ModelId id) const;
  /// How often the model's times have changed for good since the manager was made.
  std::uint64_t changes(ModelId id) const;
  /// The profile as a policy sees it. An unknown accuracy counts as 0.
  Candidate candidate(ModelId id, TimePoint now, std::span<Duration> space) const override;

 private:
  struct Entry;

  struct Fresh;

  /// Loads a file, checks it and runs it once.
  Result<Fresh> open(ModelId id, const ModelFile& file) const;
  Status load(ModelId id);
  Status warm_up(ModelId id);
  /// Runs a model as often as a new profile needs, and begins the profile.
  Result<LearntProfile> begin_profile(ModelId id, const ModelFile& file, LoadedModel& model) const;
  TimedRun timed(const std::function<void()>& run) const;
  std::shared_ptr<const void> new_lease(ModelId id);
  void last_lease_gone(ModelId id);
  /// As it is now, without looking after the memory.
  Result<ModelHandle> get(ModelId id) const;
  std::shared_ptr<LoadedModel> take(ModelId id);
  Status load_within(std::uint64_t memory);
  Result<ModelCost> measure(ModelId id);
  /// Error kInvalidArgument: more than the whole memory budget.
  Status check_fits(ModelId id, const ModelCost& cost) const;
  std::uint64_t process_bytes() const;
  /// Runs `step` on every model, `threads` at a time.
  Status for_each_model(Status (ModelManager::*step)(ModelId));

  const Catalog& catalog_;
  Backend& backend_;
  Clock& clock_;
  const Options options_;
  std::vector<std::unique_ptr<Entry>> entries_;  ///< index = ModelId::value
  std::unique_ptr<MemoryBudget> budget_;         ///< last: its thread loads into the entries
  /// The same once it is filled. Until then the server answers, and is watched, while models are
  /// measured.
  std::atomic<MemoryBudget*> filled_ = nullptr;
};

}  // namespace cnnselect
