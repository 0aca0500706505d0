#include "store/profile_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "store/profile_reader.h"
#include "store/tables.h"

namespace cnnselect {
namespace {

std::string times_text(const std::vector<Duration>& times) {
  std::vector<double> ms(times.size());
  std::ranges::transform(times, ms.begin(), to_ms);
  return fmt::format("[{}]", fmt::join(ms, ","));
}

}  // namespace

ProfileRow row_of(const StoredProfile& profile) {
  // A model that is served unmeasured has 0: that is no accuracy to simulate with.
  return {.model = profile.key.model,
          .top1 = profile.top1 > 0 ? std::optional(profile.top1) : std::nullopt,
          .top5 = profile.top5,
          .mean = profile.mean,
          .deviation = profile.deviation,
          .cold_mean = profile.cold_start,
          .cold_deviation = {},
          .bytes = {}};
}

Result<ProfileStore> ProfileStore::open(const std::filesystem::path& file, Database::Mode mode) {
  auto database = open_store(file, mode);
  if (!database) return std::unexpected(database.error());
  return ProfileStore(std::move(*database), file.string());
}

Result<std::vector<StoredProfile>> ProfileStore::read(Statement& query) {
  std::vector<StoredProfile> profiles;
  while (true) {
    const auto row = query.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return profiles;
    auto profile = read_profile(query);
    if (!profile) return std::unexpected(profile.error().within("store " + file_));
    profiles.push_back(std::move(*profile));
  }
}

Result<std::optional<StoredProfile>> ProfileStore::find(const ProfileKey& key) {
  auto query = database_.prepare(
      select_profiles("WHERE model = ? AND digest = ? AND machine = ? AND runtime = ?"));
  if (!query) return std::unexpected(query.error());
  query->bind(1, key.model);
  query->bind(2, key.digest);
  query->bind(3, key.machine);
  query->bind(4, key.runtime);
  auto found = read(*query);
  if (!found) return std::unexpected(found.error());
  if (found->empty()) return std::nullopt;
  return std::move(found->front());
}

Result<std::vector<StoredProfile>> ProfileStore::all() {
  auto query = database_.prepare(select_profiles("ORDER BY model, updated DESC, digest"));
  if (!query) return std::unexpected(query.error());
  return read(*query);
}

Result<std::vector<StoredProfile>> ProfileStore::latest() {
  auto profiles = all();
  if (!profiles) return profiles;
  const auto older = std::ranges::unique(
      *profiles, {}, [](const StoredProfile& profile) { return profile.key.model; });
  profiles->erase(older.begin(), older.end());
  return profiles;
}

Status ProfileStore::save(std::span<const StoredProfile> profiles) {
  return database_.transaction([&] { return write(profiles); });
}

Status ProfileStore::write(std::span<const StoredProfile> profiles) {
  auto insert = database_.prepare(
      "INSERT OR REPLACE INTO profile (model, digest, machine, runtime, family, top1, top5, "
      "samples, mean_ms, std_ms, times_ms, cold_ms, updated) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, strftime('%Y-%m-%d %H:%M:%f', 'now'))");
  if (!insert) return std::unexpected(insert.error());
  for (const StoredProfile& profile : profiles) {
    insert->bind(1, profile.key.model);
    insert->bind(2, profile.key.digest);
    insert->bind(3, profile.key.machine);
    insert->bind(4, profile.key.runtime);
    insert->bind(5, profile.family);
    insert->bind(6, profile.top1);
    insert->bind(7, profile.top5);
    insert->bind(8, static_cast<std::int64_t>(profile.samples));
    insert->bind(9, to_ms(profile.mean));
    insert->bind(10, to_ms(profile.deviation));
    insert->bind(11, times_text(profile.times));
    insert->bind(12, profile.cold_start ? std::optional(to_ms(*profile.cold_start)) : std::nullopt);
    if (const Status done = insert->run(); !done) return done;
  }
  return {};
}

Result<std::int64_t> ProfileStore::forget(const std::optional<std::string>& model) {
  auto remove = database_.prepare("DELETE FROM profile WHERE ?1 IS NULL OR model = ?1");
  if (!remove) return std::unexpected(remove.error());
  remove->bind(1, model);
  if (const Status done = remove->run(); !done) return std::unexpected(done.error());
  return database_.rows_changed();
}

}  // namespace cnnselect
