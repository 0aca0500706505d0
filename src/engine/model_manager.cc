#include "engine/model_manager.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/low_priority.h"
#include "engine/believed.h"
#include "engine/blank_input.h"

namespace cnnselect {
namespace {

// A run's error knows neither model nor file.
Error run_error(const FamilyMember& member, std::string_view step, const Error& error) {
  return error.within(fmt::format("model '{}' ({}): {}", member.name, member.file.string(), step));
}

std::unexpected<Error> not_ready(const FamilyMember& member) {
  return fail(ErrorCode::kUnavailable,
              fmt::format("model '{}' is not at ready state", member.name));
}

}  // namespace

struct ModelManager::Entry {
  mutable Mutex mutex;
  ModelFile file CNNSELECT_GUARDED_BY(mutex);
  std::uint64_t switches CNNSELECT_GUARDED_BY(mutex) = 0;         ///< of the file
  std::shared_ptr<const void> lease CNNSELECT_GUARDED_BY(mutex);  ///< null: withdrawn
  int offers CNNSELECT_GUARDED_BY(mutex) = 0;                     ///< whose leases are not all gone
  std::shared_ptr<LoadedModel> model CNNSELECT_GUARDED_BY(mutex);
  std::shared_ptr<const ModelSpecs> specs
      CNNSELECT_GUARDED_BY(mutex);  ///< since it was loaded first
  LearntProfile profile CNNSELECT_GUARDED_BY(mutex);
  std::optional<Duration> cold_start CNNSELECT_GUARDED_BY(mutex);
};

/// A model that was loaded and has run once.
struct ModelManager::Fresh {
  std::shared_ptr<LoadedModel> model;
  std::shared_ptr<const ModelSpecs> specs;
  Duration cold_start{};
};

ModelFile file_of(const FamilyMember& member) {
  return {.path = member.file, .version = member.version, .top1 = member.top1, .top5 = member.top5};
}

ModelManager::ModelManager(const Catalog& catalog, Backend& backend, Clock& clock, Options options)
    : catalog_(catalog), backend_(backend), clock_(clock), options_(std::move(options)) {
  for (const CatalogModel& model : catalog_.models()) {
    auto entry = std::make_unique<Entry>();
    {
      const MutexLock lock(entry->mutex);
      entry->file = file_of(model.member);
      entry->lease = new_lease(model.id);
      entry->offers = 1;
    }
    entries_.push_back(std::move(entry));
  }
}

ModelManager::~ModelManager() {
  for (std::uint32_t i = 0; i < entries_.size(); ++i) withdraw(ModelId{i});
}

Status ModelManager::load_all() {
  if (options_.memory) return load_within(*options_.memory);
  if (Status loaded = for_each_model(&ModelManager::load); !loaded) return loaded;
  return for_each_model(&ModelManager::warm_up);
}

Status ModelManager::load_within(std::uint64_t memory) {
  std::vector<ModelCost> costs;
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    const ModelId id{i};
    auto cost = measure(id);
    if (!cost) return std::unexpected(cost.error());
    if (cost->bytes > memory) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("model '{}' takes {} bytes; the memory budget is {}",
                              catalog_.model(id).member.name, cost->bytes, memory));
    }
    costs.push_back(*cost);
  }
  budget_ = std::make_unique<MemoryBudget>(
      costs,
      MemoryBudget::Options{.bytes = memory, .workers = static_cast<std::size_t>(options_.threads)},
      clock_,
      MemoryBudget::Actions{.load = [this](ModelId id) { return load(id); },
                            .unload = [this](ModelId id) { return take(id); }});
  if (const Status filled = budget_->fill(); !filled) return filled;
  filled_ = budget_.get();
  return {};
}

Result<ModelCost> ModelManager::measure(ModelId id) {
  const CatalogModel& model = catalog_.model(id);
  const auto process_bytes = [this] {
    return options_.process_bytes ? options_.process_bytes() : 0;
  };
  backend_.prepare(file(id).path);  // what that leaves in memory is not the model's
  const std::uint64_t before = process_bytes();
  if (const Status loaded = load(id); !loaded) return std::unexpected(loaded.error());
  if (const Status warm = warm_up(id); !warm) return std::unexpected(warm.error());
  const std::uint64_t after = process_bytes();
  take(id).reset();
  std::error_code unknown;
  const auto in_file = std::filesystem::file_size(file(id).path, unknown);
  const Profile learnt = profile(id);
  return ModelCost{.family = model.family,
                   .accuracy = learnt.top1,
                   .mean = learnt.hot.mean,
                   .cold_start = learnt.cold_start.value_or(Duration::zero()),
                   // What an earlier model left behind may hide some of it.
                   .bytes = std::max(after > before ? after - before : 0, unknown ? 0 : in_file)};
}

Status ModelManager::for_each_model(Status (ModelManager::*step)(ModelId)) {
  std::vector<Status> results(entries_.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < results.size(); i = next++) {
      results[i] = (this->*step)(ModelId{static_cast<std::uint32_t>(i)});
    }
  };
  {
    std::vector<std::jthread> helpers;
    const auto threads = std::min(static_cast<std::size_t>(options_.threads), results.size());
    for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(work);
    work();
  }
  const auto failed = std::ranges::find(results, false, &Status::has_value);
  return failed == results.end() ? Status() : *failed;
}

Result<ModelManager::Fresh> ModelManager::open(ModelId id, const ModelFile& file) const {
  FamilyMember member = catalog_.model(id).member;
  member.file = file.path;
  backend_.prepare(file.path);  // is no part of a cold start: the next one has no need of it
  const TimePoint started = clock_.now();
  auto model = backend_.load(file.path);
  if (!model) {
    return std::unexpected(model.error().within(fmt::format("model '{}'", member.name)));
  }
  if (options_.check) {
    const auto labels = catalog_.family(catalog_.model(id).family).labels.size();
    const Status fits = options_.check(member, labels, **model);
    if (!fits) return std::unexpected(fits.error());
  }
  const Tensor input = blank_input((*model)->input(), member.input);
  const auto first = (*model)->run({input.type, input.shape, input.bytes}, std::stop_token());
  if (!first) return std::unexpected(run_error(member, "first run", first.error()));
  auto specs = std::make_shared<const ModelSpecs>((*model)->input(), (*model)->output());
  return Fresh{
      .model = std::move(*model), .specs = std::move(specs), .cold_start = clock_.now() - started};
}

Status ModelManager::load(ModelId id) {
  Entry& entry = *entries_[id.value];
  while (true) {
    ModelFile from;
    std::uint64_t switches = 0;
    {
      const MutexLock lock(entry.mutex);
      from = entry.file;
      switches = entry.switches;
    }
    auto fresh = open(id, from);
    const MutexLock lock(entry.mutex);
    if (entry.switches != switches) continue;  // what was loaded, or is gone, is of yesterday
    if (!fresh) return std::unexpected(fresh.error());
    entry.specs = std::move(fresh->specs);
    entry.model = std::move(fresh->model);
    entry.cold_start = fresh->cold_start;
    return {};
  }
}

TimedRun ModelManager::timed(const std::function<void()>& run) const {
  const auto off = [this] {
    return options_.off_processor ? options_.off_processor() : Duration::zero();
  };
  const Duration off_before = off();
  const TimePoint began = clock_.now();
  run();
  const Duration wall = clock_.now() - began;
  return {.wall = wall, .off_processor = std::clamp(off() - off_before, Duration::zero(), wall)};
}

Result<LearntProfile> ModelManager::begin_profile(ModelId id, const ModelFile& file,
                                                  LoadedModel& model) const {
  const FamilyMember& member = catalog_.model(id).member;
  const Tensor input = blank_input(model.input(), member.input);
  WarmUp warm_up(static_cast<std::size_t>(options_.warm_up_runs), options_.processor_share);
  while (warm_up.wants_more()) {
    Result<Tensor> output;
    warm_up.add(timed(
        [&] { output = model.run({input.type, input.shape, input.bytes}, std::stop_token()); }));
    if (!output) return std::unexpected(run_error(member, "warm-up", output.error()));
  }
  const auto known = options_.remembered ? options_.remembered(id, file) : std::nullopt;
  const WarmUp::Seed seed = warm_up.seed();
  const bool doubtful = !seed.doubt.empty();
  LearntProfile profile(known.value_or(RememberedProfile()), seed.times, doubtful, clock_.now());
  if (doubtful) {
    spdlog::warn(
        "the warm-up of model '{}' is in doubt: {}; it begins with {:.3f} ms{}, and is "
        "measured again when the server is idle",
        member.name, seed.doubt, to_ms(profile.profiled()), known ? ", as known from earlier" : "");
  }
  return profile;
}

Status ModelManager::warm_up(ModelId id) {
  const auto loaded = get(id);
  if (!loaded) return std::unexpected(loaded.error());
  auto profile = begin_profile(id, file(id), loaded->model());
  if (!profile) return std::unexpected(profile.error());
  Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  entry.profile = *std::move(profile);
  return {};
}

Status ModelManager::switch_to(ModelId id, const ModelFile& file) {
  auto fresh = open(id, file);
  if (!fresh) return std::unexpected(fresh.error());
  auto profile = begin_profile(id, file, *fresh->model);
  if (!profile) return std::unexpected(profile.error());
  Entry& entry = *entries_[id.value];
  std::uint64_t switches = 0;
  {
    const MutexLock lock(entry.mutex);
    // What a memory budget has sent away stays away; it will be loaded from the new file.
    if (entry.model != nullptr || filled_ == nullptr) entry.model.swap(fresh->model);
    entry.specs = std::move(fresh->specs);
    entry.profile = *std::move(profile);
    entry.cold_start = fresh->cold_start;
    entry.file = file;
    if (entry.lease == nullptr) {
      entry.lease = new_lease(id);
      ++entry.offers;
    }
    switches = ++entry.switches;
  }
  if (options_.switched) options_.switched(id, file, switches);
  return {};
}

std::shared_ptr<const void> ModelManager::new_lease(ModelId id) {
  // Points to something that is there; what counts is who is the last to let go.
  return {this, [this, id](const void*) { last_lease_gone(id); }};
}

void ModelManager::last_lease_gone(ModelId id) {
  Entry& entry = *entries_[id.value];
  std::shared_ptr<LoadedModel> gone;  // destroyed outside the lock
  const MutexLock lock(entry.mutex);
  --entry.offers;
  // With a budget its memory is the budget's to give away.
  if (entry.offers == 0 && filled_ == nullptr) gone.swap(entry.model);
}

bool ModelManager::withdraw(ModelId id) {
  Entry& entry = *entries_[id.value];
  std::shared_ptr<const void> lease;
  {
    const MutexLock lock(entry.mutex);
    lease.swap(entry.lease);
  }
  return lease != nullptr;
}

std::shared_ptr<const void> ModelManager::lease(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return entry.lease;
}

int ModelManager::version(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return entry.file.version;
}

ModelFile ModelManager::file(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return entry.file;
}

bool ModelManager::loaded(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return entry.model != nullptr;
}

bool ModelManager::ready(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return entry.specs != nullptr && entry.lease != nullptr;
}

Result<std::shared_ptr<const ModelSpecs>> ModelManager::specs(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  if (entry.specs != nullptr) return entry.specs;
  return not_ready(catalog_.model(id).member);
}

Result<ModelHandle> ModelManager::get(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  if (entry.model != nullptr) return ModelHandle(entry.model, entry.file.version);
  return not_ready(catalog_.model(id).member);
}

std::shared_ptr<LoadedModel> ModelManager::take(ModelId id) {
  Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return std::exchange(entry.model, nullptr);
}

Result<ModelHandle> ModelManager::acquire(ModelId id) {
  MemoryBudget* const budget = filled_;
  if (budget == nullptr) return get(id);
  if (const Status there = budget->use(id); !there) {
    // Whatever it is (its file may be gone), it is no fault of who asked for the model.
    return fail(ErrorCode::kUnavailable, there.error().message);
  }
  auto model = get(id);
  if (!model) {
    budget->release(id);
    return std::unexpected(model.error());
  }
  const int version = model->version();
  LoadedModel* const loaded = &model->model();
  return ModelHandle(
      std::shared_ptr<LoadedModel>(
          loaded,
          [budget, id, pinned = std::optional(*std::move(model))](LoadedModel*) mutable {
            pinned.reset();
            budget->release(id);
          }),
      version);
}

void ModelManager::wished(ModelId id) {
  if (MemoryBudget* const budget = filled_) budget->wished(id);
}

std::optional<MemoryBudget::Counts> ModelManager::memory() const {
  const MemoryBudget* const budget = filled_;
  if (budget == nullptr) return std::nullopt;
  return budget->counts();
}

void ModelManager::record(ModelId id, Duration took, Duration preparing) {
  Entry& entry = *entries_[id.value];
  const TimePoint now = clock_.now();
  Duration before;
  Duration after;
  {
    const MutexLock lock(entry.mutex);
    before = entry.profile.learner().summary().mean;
    if (!entry.profile.record(took, preparing, now)) return;
    after = entry.profile.learner().summary().mean;
  }
  spdlog::info("model '{}' takes {:.3f} ms now, for good; it took {:.3f}",
               catalog_.model(id).member.name, to_ms(after), to_ms(before));
}

Result<TimedRun> ModelManager::run_in_idle_time(ModelId id, const std::stop_token& stop) const {
  const auto model = get(id);  // kept by this thread: the other one is to free nothing large
  if (!model) return std::unexpected(model.error());
  const Tensor input = blank_input(model->model().input(), catalog_.model(id).member.input);
  Result<Tensor> output;
  TimedRun run;
  std::jthread([&] {
    take_only_idle_time();
    run = timed([&] { output = model->model().run({input.type, input.shape, input.bytes}, stop); });
  }).join();
  if (output) return run;
  return std::unexpected(run_error(catalog_.model(id).member, "measuring", output.error()));
}

void ModelManager::measured(ModelId id, std::span<const Duration> times, std::uint64_t switches,
                            TimePoint now) {
  Entry& entry = *entries_[id.value];
  Duration before;
  Duration after;
  {
    const MutexLock lock(entry.mutex);
    if (entry.switches != switches) return;
    before = entry.profile.learner().summary().mean;
    const bool doubtful = entry.profile.doubtful();
    if (!entry.profile.measured(times, now) && !doubtful) return;
    after = entry.profile.learner().summary().mean;
  }
  spdlog::info(
      "model '{}', measured while the server was idle, takes {:.3f} ms; {:.3f} were "
      "believed",
      catalog_.model(id).member.name, to_ms(after), to_ms(before));
}

MeasuredModel ModelManager::standing(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  const LatencySummary& learnt = entry.profile.learner().summary();
  return {.measurable = entry.model != nullptr && entry.lease != nullptr && learnt.latest,
          .doubtful = entry.profile.doubtful(),
          .latest = learnt.latest.value_or(TimePoint()),
          .expected = learnt.p50,
          .preparing = entry.profile.preparing(),
          .switches = entry.switches};
}

Profile ModelManager::profile(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return {.top1 = entry.file.top1.value_or(0),
          .top5 = entry.file.top5,
          .hot = entry.profile.learner().summary(),
          .cold_start = entry.cold_start};
}

RememberedProfile ModelManager::remember(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  const auto& times = entry.profile.learner().times();
  return {.times = {times.begin(), times.end()},
          .samples = entry.profile.learner().summary().samples,
          .switches = entry.switches};
}

std::uint64_t ModelManager::changes(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return entry.profile.changes();
}

Candidate ModelManager::candidate(ModelId id, TimePoint now, std::span<Duration> space) const {
  const Entry& entry = *entries_[id.value];
  const MemoryBudget* const budget = filled_;
  const Duration cold_start = budget ? budget->cold_start(id, now) : Duration::zero();
  const MutexLock lock(entry.mutex);
  return as_believed({.model = id,
                      .accuracy = entry.file.top1.value_or(0),
                      .profiled = entry.profile.profiled(),
                      .cold_start = cold_start},
                     entry.profile.learner(), now, space);
}

}  // namespace cnnselect
