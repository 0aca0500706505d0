#include "engine/model_manager.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/log.h"
#include "engine/believed.h"
#include "image/prepare.h"

namespace cnnselect {
namespace {

// An image of zeros in the shape that the network takes, free dimensions filled from the family
// file.
Tensor blank_input(const TensorSpec& spec, const InputSpec& input) {
  Tensor tensor{.type = spec.type, .shape = spec.shape, .bytes = {}};
  const auto usual = tensor_shape(input);
  std::size_t elements = 1;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    if (tensor.shape[i] < 0) tensor.shape[i] = i < usual.size() ? usual[i] : 1;
    elements *= static_cast<std::size_t>(tensor.shape[i]);
  }
  tensor.bytes.resize(elements * size_of(tensor.type));
  return tensor;
}

// A run's error knows neither model nor file.
Error run_error(const FamilyMember& member, std::string_view step, const Error& error) {
  return error.within(fmt::format("model '{}' ({}): {}", member.name, member.file.string(), step));
}

}  // namespace

struct ModelManager::Entry {
  mutable Mutex mutex;
  std::shared_ptr<LoadedModel> model CNNSELECT_GUARDED_BY(mutex);
  LatencyLearner learner CNNSELECT_GUARDED_BY(mutex);
  Duration profiled CNNSELECT_GUARDED_BY(mutex){};
  std::optional<Duration> cold_start CNNSELECT_GUARDED_BY(mutex);
};

ModelManager::ModelManager(const Catalog& catalog, Backend& backend, Clock& clock, Options options)
    : catalog_(catalog), backend_(backend), clock_(clock), options_(std::move(options)) {
  for (std::size_t i = 0; i < catalog_.models().size(); ++i) {
    entries_.push_back(std::make_unique<Entry>());
  }
}

ModelManager::~ModelManager() = default;

Status ModelManager::load_all() {
  if (Status loaded = for_each_model(&ModelManager::load); !loaded) return loaded;
  return for_each_model(&ModelManager::warm_up);
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

Status ModelManager::load(ModelId id) {
  const FamilyMember& member = catalog_.model(id).member;
  const TimePoint started = clock_.now();
  auto model = backend_.load(member.file);
  if (!model) {
    return std::unexpected(model.error().within(fmt::format("model '{}'", member.name)));
  }
  if (options_.check) {
    const auto labels = catalog_.family(catalog_.model(id).family).labels.size();
    if (Status fits = options_.check(member, labels, **model); !fits) return fits;
  }
  const Tensor input = blank_input((*model)->input(), member.input);
  const auto first = (*model)->run({input.type, input.shape, input.bytes}, std::stop_token());
  if (!first) return std::unexpected(run_error(member, "first run", first.error()));
  Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  entry.model = std::move(*model);
  entry.cold_start = clock_.now() - started;
  return {};
}

Status ModelManager::warm_up(ModelId id) {
  const auto handle = acquire(id);
  if (!handle) return std::unexpected(handle.error());
  LoadedModel& model = handle->model();
  const FamilyMember& member = catalog_.model(id).member;
  const Tensor input = blank_input(model.input(), member.input);
  resume(id);
  for (int i = 0; i < options_.warm_up_runs; ++i) {
    const TimePoint started = clock_.now();
    const auto output = model.run({input.type, input.shape, input.bytes}, std::stop_token());
    if (!output) return std::unexpected(run_error(member, "warm-up", output.error()));
    record(id, clock_.now() - started);
  }
  Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  entry.profiled = entry.learner.summary().mean;
  return {};
}

void ModelManager::resume(ModelId id) {
  if (!options_.remembered) return;
  const auto known = options_.remembered(id);
  if (!known) return;
  Entry& entry = *entries_[id.value];
  const TimePoint now = clock_.now();
  const MutexLock lock(entry.mutex);
  entry.learner.resume(known->times, known->samples, now);
}

bool ModelManager::loaded(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return entry.model != nullptr;
}

Result<ModelHandle> ModelManager::acquire(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  if (entry.model == nullptr) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("model '{}' is not at ready state", catalog_.model(id).member.name));
  }
  return ModelHandle(entry.model);
}

void ModelManager::record(ModelId id, Duration took) {
  Entry& entry = *entries_[id.value];
  const TimePoint now = clock_.now();
  Duration before;
  Duration after;
  {
    const MutexLock lock(entry.mutex);
    const std::uint64_t changes = entry.learner.changes();
    before = entry.learner.summary().mean;
    entry.learner.record(took, now);
    if (entry.learner.changes() == changes) return;
    after = entry.learner.summary().mean;
  }
  spdlog::info("model '{}' takes {:.3f} ms now, for good; it took {:.3f}",
               catalog_.model(id).member.name, to_ms(after), to_ms(before));
}

Profile ModelManager::profile(ModelId id) const {
  const FamilyMember& member = catalog_.model(id).member;
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return {.top1 = member.top1.value_or(0),
          .top5 = member.top5,
          .hot = entry.learner.summary(),
          .cold_start = entry.cold_start};
}

RememberedProfile ModelManager::remember(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  const auto& times = entry.learner.times();
  return {.times = {times.begin(), times.end()}, .samples = entry.learner.summary().samples};
}

std::uint64_t ModelManager::changes(ModelId id) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return entry.learner.changes();
}

Candidate ModelManager::candidate(ModelId id, TimePoint now, std::span<Duration> space) const {
  const Entry& entry = *entries_[id.value];
  const MutexLock lock(entry.mutex);
  return as_believed({.model = id,
                      .accuracy = catalog_.model(id).member.top1.value_or(0),
                      .profiled = entry.profiled},
                     entry.learner, now, space);
}

}  // namespace cnnselect
