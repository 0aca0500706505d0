#include "sim/latency_samples.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/profile_table.h"
#include "model/text_file.h"
#include "store/profile_store.h"
#include "store/tables.h"
#include "trace/csv_text.h"

namespace cnnselect {
namespace {

constexpr double kShortestMs = 1e-6;  // Duration counts nanoseconds
constexpr double kLongestMs = 3'600'000;

Result<ModelSet> models_of_store(const std::filesystem::path& file) {
  auto store = ProfileStore::open(file, Database::Mode::kReadOnly);
  if (!store) return std::unexpected(store.error());
  const auto profiles = store->latest();
  if (!profiles) return std::unexpected(profiles.error());
  std::vector<ProfileRow> rows;
  std::vector<std::vector<Duration>> samples;
  for (const StoredProfile& profile : *profiles) {
    if (profile.times.empty()) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("store {}: model '{}' has no times",
                                                           file.string(), profile.key.model));
    }
    rows.push_back(row_of(profile));
    samples.push_back(profile.times);
  }
  return ModelSet::from_samples(rows, std::move(samples), file.string());
}

}  // namespace

Result<std::vector<Duration>> parse_samples(std::string_view text, std::string_view source) {
  const auto csv = parse_csv(text, source, {"ms"});
  if (!csv) return std::unexpected(csv.error());
  const auto column =
      static_cast<std::size_t>(std::ranges::find(csv->columns, "ms") - csv->columns.begin());
  std::vector<Duration> samples;
  for (const auto& [line, cells] : csv->rows) {
    const auto ms = parse_cell(cells[column], source, line, "ms", kShortestMs, kLongestMs);
    if (!ms) return std::unexpected(ms.error());
    if (*ms) samples.push_back(from_ms(**ms));
  }
  if (!samples.empty()) return samples;
  return fail(ErrorCode::kInvalidArgument, fmt::format("{}: no time in any row", source));
}

Result<ModelSet> load_models(const std::filesystem::path& path) {
  std::error_code unreadable;
  if (!std::filesystem::is_directory(path, unreadable)) {
    if (is_database(path)) return models_of_store(path);
    const auto rows = load_profile_table(path);
    if (!rows) return std::unexpected(rows.error());
    return ModelSet::from_profiles(*rows, path.string());
  }
  const auto table = path / "models.csv";
  const auto rows = load_profile_table(table);
  if (!rows) return std::unexpected(rows.error());
  std::vector<std::vector<Duration>> samples;
  for (const ProfileRow& row : *rows) {
    const auto file = path / (row.model + ".csv");
    const auto text = read_text_file("latency samples", file);
    if (!text) return std::unexpected(text.error());
    auto times = parse_samples(*text, file.string());
    if (!times) return std::unexpected(times.error());
    samples.push_back(std::move(*times));
  }
  return ModelSet::from_samples(*rows, std::move(samples), table.string());
}

}  // namespace cnnselect
