#include "service/profile_memory.h"

#include <utility>

#include "base/log.h"

namespace cnnselect {

Result<std::unique_ptr<ProfileMemory>> ProfileMemory::open(const std::filesystem::path& file,
                                                           const Catalog& catalog,
                                                           const Place& place) {
  auto store = ProfileStore::open(file, Database::Mode::kCreate);
  if (!store) return std::unexpected(store.error());
  std::unique_ptr<ProfileMemory> memory(new ProfileMemory(std::move(*store), catalog, place));
  for (const CatalogModel& model : catalog.models()) {
    auto key = memory->key_of(model.id, file_of(model.member));
    if (!key) return std::unexpected(key.error());
    const MutexLock lock(memory->mutex_);
    const auto known = memory->store_.find(*key);
    if (!known) return std::unexpected(known.error());
    if (*known) ++memory->known_;
    memory->kept_.push_back({.key = std::move(*key), .written = *known ? (*known)->samples : 0});
  }
  return memory;
}

Result<ProfileKey> ProfileMemory::key_of(ModelId id, const ModelFile& file) {
  auto digest = digests_.of(file.path);
  if (!digest) return std::unexpected(digest.error());
  return ProfileKey{.model = catalog_.model(id).member.name,
                    .digest = std::move(*digest),
                    .machine = place_.machine,
                    .runtime = place_.runtime};
}

std::optional<RememberedProfile> ProfileMemory::remembered(ModelId id, const ModelFile& file) {
  const auto key = key_of(id, file);
  if (!key) return std::nullopt;  // the file is gone again, as whoever loads it will find
  const MutexLock lock(mutex_);
  const auto known = store_.find(*key);
  if (!known) spdlog::warn("what is known of a model is not read: {}", known.error().message);
  if (!known || !*known) return std::nullopt;
  return RememberedProfile{.times = (*known)->times, .samples = (*known)->samples};
}

void ProfileMemory::switched(ModelId id, const ModelFile& file, std::uint64_t n) {
  auto key = key_of(id, file);
  if (!key) {
    spdlog::warn("its profile is not stored: {}", key.error().message);
    return;
  }
  const MutexLock lock(mutex_);
  kept_[id.value] = {.key = std::move(*key), .switches = n};
}

void ProfileMemory::keep(const ModelManager& models, Duration period) {
  writer_ = std::make_unique<BackgroundWriter>("profiles", period,
                                               [this, &models] { return write(models); });
}

Status ProfileMemory::write(const ModelManager& models) {
  const MutexLock lock(mutex_);
  std::vector<StoredProfile> changed;
  auto kept = kept_;
  for (const CatalogModel& model : catalog_.models()) {
    Kept& own = kept[model.id.value];
    auto profile = profile_of(own, model.id, models);
    if (!profile || profile->samples == own.written) continue;
    own.written = profile->samples;
    profile->family = catalog_.family(model.family).name;
    changed.push_back(std::move(*profile));
  }
  if (changed.empty()) return {};
  if (const Status saved = store_.save(changed); !saved) return saved;
  kept_ = std::move(kept);
  return {};
}

std::optional<StoredProfile> ProfileMemory::profile_of(const Kept& kept, ModelId id,
                                                       const ModelManager& models) {
  const Profile profile = models.profile(id);
  RememberedProfile learnt = models.remember(id);
  if (learnt.switches != kept.switches) return std::nullopt;
  return StoredProfile{.key = kept.key,
                       .family = {},
                       .top1 = profile.top1,
                       .top5 = profile.top5,
                       .samples = learnt.samples,
                       .mean = profile.hot.mean,
                       .deviation = profile.hot.deviation,
                       .times = std::move(learnt.times),
                       .cold_start = profile.cold_start,
                       .updated = {}};
}

}  // namespace cnnselect
