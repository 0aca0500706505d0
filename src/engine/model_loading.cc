// ModelManager: how models come into memory, with their profiles, at the start and while others
// run.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/log.h"
#include "engine/blank_input.h"
#include "engine/model_entry.h"

namespace cnnselect {
namespace {

/// What a model takes whose load and first runs took the process from `before` to `after`. What an
/// earlier model left behind may hide some of it: it is at least its file.
std::uint64_t bytes_of(const ModelFile& file, std::uint64_t before, std::uint64_t after) {
  std::error_code unknown;
  const std::uint64_t in_file = std::filesystem::file_size(file.path, unknown);
  return std::max(after > before ? after - before : 0, unknown ? 0 : in_file);
}

}  // namespace

Error run_error(const FamilyMember& member, std::string_view step, const Error& error) {
  return error.within(fmt::format("model '{}' ({}): {}", member.name, member.file.string(), step));
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
    if (const Status fits = check_fits(id, *cost); !fits) return fits;
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

Status ModelManager::check_fits(ModelId id, const ModelCost& cost) const {
  if (cost.bytes <= *options_.memory) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("model '{}' takes {} bytes; the memory budget is {}",
                          catalog_.model(id).member.name, cost.bytes, *options_.memory));
}

std::uint64_t ModelManager::process_bytes() const {
  return options_.process_bytes ? options_.process_bytes() : 0;
}

Result<ModelCost> ModelManager::measure(ModelId id) {
  const CatalogModel& model = catalog_.model(id);
  backend_.prepare(file(id).path);  // what that leaves in memory is not the model's
  const std::uint64_t before = process_bytes();
  if (const Status loaded = load(id); !loaded) return std::unexpected(loaded.error());
  if (const Status warm = warm_up(id); !warm) return std::unexpected(warm.error());
  const std::uint64_t after = process_bytes();
  take(id).reset();
  const Profile learnt = profile(id);
  return ModelCost{.family = model.family,
                   .accuracy = learnt.top1,
                   .mean = learnt.hot.mean,
                   .cold_start = learnt.cold_start.value_or(Duration::zero()),
                   .bytes = bytes_of(file(id), before, after)};
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
  MemoryBudget* const budget = filled_;
  backend_.prepare(file.path);  // what that leaves in memory is not the model's
  const std::uint64_t before = process_bytes();
  auto fresh = open(id, file);
  if (!fresh) return std::unexpected(fresh.error());
  auto profile = begin_profile(id, file, *fresh->model);
  if (!profile) return std::unexpected(profile.error());
  const ModelCost cost{.family = catalog_.model(id).family,
                       .accuracy = file.top1.value_or(0),
                       .mean = profile->learner().summary().mean,
                       .cold_start = fresh->cold_start,
                       .bytes = bytes_of(file, before, process_bytes())};
  if (budget != nullptr) {
    if (const Status fits = check_fits(id, cost); !fits) return fits;
  }
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
  fresh->model.reset();  // the old one makes its room first
  if (budget != nullptr) budget->changed(id, cost);
  if (options_.switched) options_.switched(id, file, switches);
  return {};
}

}  // namespace cnnselect
