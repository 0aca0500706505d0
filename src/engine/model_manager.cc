#include "engine/model_manager.h"

#include <fmt/format.h>

#include <stop_token>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/low_priority.h"
#include "engine/believed.h"
#include "engine/blank_input.h"
#include "engine/model_entry.h"

namespace cnnselect {
namespace {

std::unexpected<Error> not_ready(const FamilyMember& member) {
  return fail(ErrorCode::kUnavailable,
              fmt::format("model '{}' is not at ready state", member.name));
}

}  // namespace

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
