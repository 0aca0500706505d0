#include "service/profile_memory.h"

#include <utility>

#include "store/file_digest.h"

namespace cnnselect {

Result<std::unique_ptr<ProfileMemory>> ProfileMemory::open(const std::filesystem::path& file,
                                                           const Catalog& catalog,
                                                           const Place& place) {
  auto store = ProfileStore::open(file, Database::Mode::kCreate);
  if (!store) return std::unexpected(store.error());
  std::unique_ptr<ProfileMemory> memory(new ProfileMemory(std::move(*store), catalog));
  for (const CatalogModel& model : catalog.models()) {
    auto digest = file_digest(model.member.file);
    if (!digest) return std::unexpected(digest.error());
    memory->keys_.push_back({.model = model.member.name,
                             .digest = std::move(*digest),
                             .machine = place.machine,
                             .runtime = place.runtime});
    auto known = memory->store_.find(memory->keys_.back());
    if (!known) return std::unexpected(known.error());
    memory->written_.push_back(*known ? (*known)->samples : 0);
    memory->remembered_.push_back(std::move(*known));
  }
  return memory;
}

std::optional<RememberedProfile> ProfileMemory::remembered(ModelId id) const {
  const auto& known = remembered_[id.value];
  if (!known) return std::nullopt;
  return RememberedProfile{.times = known->times, .samples = known->samples};
}

std::size_t ProfileMemory::known() const {
  std::size_t count = 0;
  for (const auto& profile : remembered_) count += profile ? 1 : 0;
  return count;
}

void ProfileMemory::keep(const ModelManager& models, Duration period) {
  writer_ = std::make_unique<BackgroundWriter>("profiles", period,
                                               [this, &models] { return write(models); });
}

Status ProfileMemory::write(const ModelManager& models) {
  std::vector<StoredProfile> changed;
  auto written = written_;
  for (const CatalogModel& model : catalog_.models()) {
    StoredProfile profile = profile_of(model.id, models);
    if (profile.samples == written[model.id.value]) continue;
    written[model.id.value] = profile.samples;
    changed.push_back(std::move(profile));
  }
  if (changed.empty()) return {};
  if (const Status saved = store_.save(changed); !saved) return saved;
  written_ = std::move(written);
  return {};
}

StoredProfile ProfileMemory::profile_of(ModelId id, const ModelManager& models) const {
  const Profile profile = models.profile(id);
  RememberedProfile learnt = models.remember(id);
  return {.key = keys_[id.value],
          .family = catalog_.family(catalog_.model(id).family).name,
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
