#include "service/model_control.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/low_priority.h"
#include "model/family.h"

namespace cnnselect {
namespace {

std::unexpected<Error> stopping() {
  return fail(ErrorCode::kUnavailable, "the server is stopping");
}

std::optional<FileState> state_of(const std::filesystem::path& file) {
  auto state = file_state(file);
  return state ? std::optional(*state) : std::nullopt;
}

/// What a family file says of a model beside its file and how good that is.
FamilyMember without_file(FamilyMember member) {
  member.file.clear();
  member.version = 0;
  member.top1 = member.top5 = std::nullopt;
  return member;
}

}  // namespace

ModelControl::ModelControl(const Catalog& catalog, ModelManager& models)
    : catalog_(catalog),
      models_(models),
      loaded_(catalog.models().size()),
      failed_(catalog.models().size()),
      reasons_(catalog.models().size()),
      thread_([this] { work(); }) {
  // Before the models are loaded: a change in between is found once too often, not once too few.
  for (std::uint32_t i = 0; i < catalog_.families().size(); ++i) {
    const auto family = read(FamilyId{i});
    if (!family) continue;
    for (const ModelId id : catalog_.members(FamilyId{i})) {
      auto now = find(id, *family);
      if (now && now->file == models_.file(id)) loaded_[id.value] = *std::move(now);
    }
  }
}

ModelControl::~ModelControl() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  thread_.join();
}

void ModelControl::load(std::string name, Done done) {
  post([this, name = std::move(name)] { return load_now(name); }, std::move(done));
}

void ModelControl::unload(std::string name, Done done) {
  post([this, name = std::move(name)] { return unload_now(name); }, std::move(done));
}

void ModelControl::refresh(Again again) {
  post([this, again] { return refresh_now(again); }, [](const Status&) {});
}

std::string ModelControl::reason(ModelId id) const {
  const MutexLock lock(mutex_);
  return reasons_[id.value];
}

void ModelControl::post(std::function<Status()> job, Done done) {
  {
    const MutexLock lock(mutex_);
    if (!stopping_) {
      jobs_.push_back({std::move(job), std::move(done)});
      work_.notify_one();
      return;
    }
  }
  done(stopping());
}

void ModelControl::work() {
  lower_own_priority();
  while (true) {
    Job job;
    bool stops = false;
    {
      const MutexLock lock(mutex_);
      while (jobs_.empty() && !stopping_) work_.wait(mutex_);
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
      stops = stopping_;
    }
    job.done(stops ? Status(stopping()) : job.run());
  }
}

Result<std::vector<ModelId>> ModelControl::targets(std::string_view name) const {
  if (const auto family = catalog_.find_family(name)) {
    const auto members = catalog_.members(*family);
    return std::vector<ModelId>(members.begin(), members.end());
  }
  if (const auto model = catalog_.find_model(name)) return std::vector<ModelId>{*model};
  return fail(
      ErrorCode::kNotFound,
      fmt::format("'{}' is no family or model of the repository that the server was started "
                  "with",
                  name));
}

Status ModelControl::load_now(const std::string& name) {
  const auto ids = targets(name);
  if (!ids) return std::unexpected(ids.error().within(fmt::format("failed to load '{}'", name)));
  const auto family = read(catalog_.model(ids->front()).family);
  if (!family) {
    return std::unexpected(family.error().within(fmt::format("failed to load '{}'", name)));
  }
  Status all;
  for (const ModelId id : *ids) {
    const auto newest = find(id, *family);
    const Status done = newest ? switch_to(id, *newest) : std::unexpected(newest.error());
    if (!done && all) all = done;
  }
  return all;
}

Status ModelControl::unload_now(const std::string& name) {
  const auto ids = targets(name);
  if (!ids) return std::unexpected(ids.error().within(fmt::format("failed to unload '{}'", name)));
  for (const ModelId id : *ids) {
    {
      const MutexLock lock(mutex_);
      reasons_[id.value] = "unloaded";
    }
    if (models_.withdraw(id)) spdlog::info("model '{}' unloaded", catalog_.model(id).member.name);
  }
  return {};
}

Status ModelControl::refresh_now(Again again) {
  spdlog::info("looking for what has changed in the repository");
  Status all;
  for (std::uint32_t i = 0; i < catalog_.families().size(); ++i) {
    const auto family = read(FamilyId{i});
    if (!family) {
      spdlog::error("family '{}' stays as it is: {}", catalog_.families()[i].name,
                    family.error().message);
      all = std::unexpected(family.error());
      continue;
    }
    for (const ModelId id : catalog_.members(FamilyId{i})) {
      const auto newest = find(id, *family);
      if (!newest) {
        spdlog::error("{}", newest.error().message);
        all = std::unexpected(newest.error());
      } else if (differs(id, *newest, again) && models_.ready(id)) {
        const Status switched = switch_to(id, *newest);
        if (!switched) all = switched;
      }
    }
  }
  return all;
}

bool ModelControl::differs(ModelId id, const Stamp& newest, Again again) const {
  if (loaded_[id.value] == newest) return false;
  return again == Again::kAlsoWhatFailed || failed_[id.value] != newest;
}

Result<Family> ModelControl::read(FamilyId id) const {
  return load_family(catalog_.family(id).file);
}

Result<ModelControl::Stamp> ModelControl::find(ModelId id, const Family& family) {
  const CatalogModel& model = catalog_.model(id);
  const std::string where = fmt::format("failed to load '{}'", model.member.name);
  const auto member = std::ranges::find(family.members, model.member.name, &FamilyMember::name);
  if (member == family.members.end() || without_file(*member) != without_file(model.member) ||
      family.labels != catalog_.family(model.family).labels) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{}: {} says something else of it than at the start; only its file "
                            "and accuracy may change while the server runs",
                            where, family.file.string()));
  }
  // A model that was served without one at the start was meant to be.
  if (!member->top1 && models_.file(id).top1) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{}: {} no longer states its top1, so it would count as 0; it was {}",
                            where, family.file.string(), *models_.file(id).top1));
  }
  Stamp stamp{.file = file_of(*member), .state = state_of(member->file), .weights = {}};
  for (const auto& weights : weights_.of(member->file)) {
    stamp.weights[weights] = state_of(weights);
  }
  return stamp;
}

Status ModelControl::switch_to(ModelId id, const Stamp& newest) {
  const std::string& name = catalog_.model(id).member.name;
  Status switched = models_.switch_to(id, newest.file);
  if (!switched) {
    failed_[id.value] = newest;
    switched = std::unexpected(switched.error().within(fmt::format("failed to load '{}'", name)));
    spdlog::error("{}", switched.error().message);
    return switched;
  }
  loaded_[id.value] = newest;
  failed_[id.value].reset();
  spdlog::info("model '{}' is version {} now, from {}", name, newest.file.version,
               newest.file.path.string());
  const MutexLock lock(mutex_);
  reasons_[id.value].clear();
  return {};
}

}  // namespace cnnselect
