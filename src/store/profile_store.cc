#include "store/profile_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "store/tables.h"

namespace cnnselect {
namespace {

constexpr const char* kColumns =
    "SELECT model, digest, machine, runtime, family, top1, top5, samples, mean_ms, std_ms, "
    "times_ms, cold_ms, updated FROM profile ";

std::string times_text(const std::vector<Duration>& times) {
  std::vector<double> ms(times.size());
  std::ranges::transform(times, ms.begin(), to_ms);
  return fmt::format("[{}]", fmt::join(ms, ","));
}

/// Of what a person may have edited: only what is a time counts.
std::vector<Duration> times_of(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c == '[' || c == ']' || c == ','; }, ' ');
  std::istringstream numbers(text);
  std::vector<Duration> times;
  for (double ms = 0; numbers >> ms;) {
    if (ms > 0 && ms <= 3.6e6) times.push_back(from_ms(ms));
  }
  std::ranges::sort(times);
  return times;
}

StoredProfile profile_in(const Statement& row) {
  StoredProfile profile{
      .key = {.model = row.text(0),
              .digest = row.text(1),
              .machine = row.text(2),
              .runtime = row.text(3)},
      .family = row.text(4),
      .top1 = row.real(5),
      .top5 = row.optional_real(6),
      .samples = static_cast<std::uint64_t>(std::max<std::int64_t>(row.integer(7), 0)),
      .mean = from_ms(row.real(8)),
      .deviation = from_ms(row.real(9)),
      .times = times_of(row.text(10)),
      .cold_start = {},
      .updated = row.text(12)};
  if (const auto cold = row.optional_real(11)) profile.cold_start = from_ms(*cold);
  return profile;
}

}  // namespace

ProfileRow row_of(const StoredProfile& profile) {
  return {.model = profile.key.model,
          .top1 = profile.top1,
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
  return ProfileStore(std::move(*database));
}

Result<std::vector<StoredProfile>> ProfileStore::read(Statement& query) {
  std::vector<StoredProfile> profiles;
  while (true) {
    const auto row = query.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return profiles;
    profiles.push_back(profile_in(query));
  }
}

Result<std::optional<StoredProfile>> ProfileStore::find(const ProfileKey& key) {
  auto query = database_.prepare(std::string(kColumns) +
                                 "WHERE model = ? AND digest = ? AND machine = ? AND runtime = ?");
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
  auto query = database_.prepare(std::string(kColumns) + "ORDER BY model, updated DESC, digest");
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

Result<std::int64_t> ProfileStore::forget(const std::string& model) {
  auto remove = database_.prepare("DELETE FROM profile WHERE ?1 = '' OR model = ?1");
  if (!remove) return std::unexpected(remove.error());
  remove->bind(1, std::string_view(model));
  if (const Status done = remove->run(); !done) return std::unexpected(done.error());
  return database_.rows_changed();
}

}  // namespace cnnselect
