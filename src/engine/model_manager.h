// ModelManager: loads models, warms them up, keeps their profiles, and hands out pins.
//
// With a memory budget every model is measured once, alone: its bytes, its cold start, its profile;
// then only what fits stays loaded, and MemoryBudget brings the others in and out.
//
// A profile is the time that one request takes on a worker: preparing the tensor and running the
// model, since that is what a budget must cover. Warm-up seeds it with runs alone; preparing is
// learnt with the first requests. A warm-up that others on the machine disturbed is said in the
// log, and its profile is doubtful (warm_up.h, learnt_profile.h).
//
// A model may get another file while it serves: that is loaded, checked and warmed up beside the
// old one, which goes on answering until the new one takes its place, and stays when the new one
// fails.
//
// All functions are thread-safe. A ModelHandle pins its model: while one lives, the model stays
// loaded. A lease keeps a model askable for a request that has not run yet.
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

/// What a model is loaded from, and how good that is.
struct ModelFile {
  std::filesystem::path path;
  int version = 1;
  std::optional<double> top1;  ///< as FamilyMember's
  std::optional<double> top5;
  friend bool operator==(const ModelFile&, const ModelFile&) = default;
};

/// The file that a family file states, or that the repository has.
ModelFile file_of(const FamilyMember& member);

/// What a model takes and gives, loaded or not.
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
    /// After a discarded first run, seed the profile; >= 1. More are made while others on the
    /// machine disturb them (warm_up.h).
    int warm_up_runs = 10;
    int threads = 2;  ///< models loaded, then warmed up, at a time; >= 1
    /// Grows by the time that the calling thread did not run (base/processor_wait.h); empty:
    /// nothing tells, and every run counts as undisturbed.
    std::function<Duration()> off_processor;
    /// Of a processor that a warm-up can expect beside the others, in (0, 1].
    double processor_share = 1;
    /// Whether a loaded network is the one that its family file describes; empty: not checked.
    /// Its errors name the model and the file.
    std::function<Status(const FamilyMember&, std::size_t labels, const LoadedModel&)> check;
    /// What an earlier run learnt of this file on this machine; warm-up is then measured against
    /// it, and counts for nothing when it was disturbed. Empty, or nothing for a file: profiles
    /// begin with warm-up.
    std::function<std::optional<RememberedProfile>(ModelId, const ModelFile&)> remembered;
    /// Called after a model's file was switched for the nth time; empty: nobody wants to know.
    std::function<void(ModelId, const ModelFile&, std::uint64_t n)> switched;
    /// Bytes that loaded models may take together; nothing: all of them stay loaded.
    std::optional<std::uint64_t> memory;
    /// What the process takes now, to measure a model by; empty: a model's file is its size.
    std::function<std::uint64_t()> process_bytes;
  };

  /// `catalog`, `backend` and `clock` outlive the manager.
  ModelManager(const Catalog& catalog, Backend& backend, Clock& clock, Options options);
  ~ModelManager() override;

  /// Loads every model, several at a time, then warms them up with no more runs at a time than
  /// `threads`, so that a profile starts from what a busy server sees and not from a machine that
  /// is loading. The first failure in catalog order is returned, named after its model and file.
  /// With a memory budget one after the other; an error names the model that does not fit.
  Status load_all();
  /// Loads `file`, checks it and warms it up on this thread, then lets it take the model's place;
  /// its profile begins anew. Requests under way finish on what they began with. A withdrawn model
  /// is offered again. One call at a time. Errors: as load_all; the model stays what it was.
  Status switch_to(ModelId id, const ModelFile& file);
  /// The model is not offered any more. It leaves the memory with its last lease; with a memory
  /// budget when room is needed. False: it was not offered.
  bool withdraw(ModelId id);
  /// For as long as the copy lives, a request may still be run on the model; null: it is withdrawn.
  std::shared_ptr<const void> lease(ModelId id) const;
  /// What it is loaded from.
  ModelFile file(ModelId id) const;
  int version(ModelId id) const;

  /// Whether the model was loaded once, its profile is known, and it is offered: it can be asked
  /// for.
  bool ready(ModelId id) const;
  /// Whether it is in memory now.
  bool loaded(ModelId id) const;
  /// Error kUnavailable before it is ready.
  Result<std::shared_ptr<const ModelSpecs>> specs(ModelId id) const;

  /// Errors: kUnavailable when the model is not loaded. With a memory budget it is loaded then, on
  /// this thread; waits and errors as MemoryBudget::use.
  Result<ModelHandle> acquire(ModelId id);
  /// A policy would have chosen this model if all were loaded.
  void wished(ModelId id);
  /// Nothing without a memory budget.
  std::optional<MemoryBudget::Counts> memory() const;

  /// Adds one hot execution (preparing and running, > 0) to the model's profile; `preparing` is
  /// the part of it before the run.
  void record(ModelId id, Duration took, Duration preparing = {});
  /// One run of the model on a blank image, on a thread that gets only what others leave of the
  /// processors; this one waits for it. Teaches nothing. Errors: kUnavailable when the model is not
  /// in memory, kCancelled when it was stopped, else the run's.
  Result<TimedRun> run_in_idle_time(ModelId id, const std::stop_token& stop) const;
  /// Such runs, undisturbed and one after the other until `now`, with what preparing takes, are
  /// believed. Nothing happens if the model's file was switched since standing() told `switches`.
  void measured(ModelId id, std::span<const Duration> times, std::uint64_t switches, TimePoint now);
  /// As far as it is to be measured.
  MeasuredModel standing(ModelId id) const;
  Profile profile(ModelId id) const;
  /// For another run.
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
  /// Runs a model as often as a profile needs to begin with, and begins it.
  Result<LearntProfile> begin_profile(ModelId id, const ModelFile& file, LoadedModel& model) const;
  TimedRun timed(const std::function<void()>& run) const;
  std::shared_ptr<const void> new_lease(ModelId id);
  void last_lease_gone(ModelId id);
  /// As it is now, without looking after the memory.
  Result<ModelHandle> get(ModelId id) const;
  std::shared_ptr<LoadedModel> take(ModelId id);
  Status load_within(std::uint64_t memory);
  Result<ModelCost> measure(ModelId id);
  /// Runs `step` on every model, `threads` at a time.
  Status for_each_model(Status (ModelManager::*step)(ModelId));

  const Catalog& catalog_;
  Backend& backend_;
  Clock& clock_;
  const Options options_;
  std::vector<std::unique_ptr<Entry>> entries_;  ///< index = ModelId::value
  std::unique_ptr<MemoryBudget> budget_;         ///< last: its thread loads into the entries
  /// The same once it is filled: the server answers, and is watched, while models are measured.
  std::atomic<MemoryBudget*> filled_ = nullptr;
};

}  // namespace cnnselect
