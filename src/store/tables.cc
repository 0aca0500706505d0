#include "store/tables.h"

#include <fmt/format.h>

#include <array>
#include <fstream>

namespace cnnselect {
namespace {

// Numbers in columns, so that any SQLite tool can read and plot them; times_ms is a JSON array.
// Durations are milliseconds, NULL is "not known" or "does not apply".
constexpr const char* kTables = R"(
CREATE TABLE IF NOT EXISTS profile (
  model TEXT NOT NULL, digest TEXT NOT NULL, machine TEXT NOT NULL, runtime TEXT NOT NULL,
  family TEXT NOT NULL, top1 REAL NOT NULL, top5 REAL,
  samples INTEGER NOT NULL, mean_ms REAL NOT NULL, std_ms REAL NOT NULL,
  times_ms TEXT NOT NULL, cold_ms REAL, updated TEXT NOT NULL,
  PRIMARY KEY (model, digest, machine, runtime)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS request (
  id INTEGER PRIMARY KEY, unix_ms INTEGER NOT NULL, family TEXT NOT NULL, asked TEXT NOT NULL,
  outcome TEXT NOT NULL, error TEXT, model TEXT, policy TEXT NOT NULL, reason TEXT,
  probability REAL, sla_ms REAL, elapsed_ms REAL NOT NULL, input_ms REAL NOT NULL,
  output_ms REAL NOT NULL, threshold_ms REAL NOT NULL, budget_ms REAL, decode_ms REAL,
  queue_ms REAL, prepare_ms REAL, infer_ms REAL, server_ms REAL, network_class TEXT NOT NULL,
  rtt_ms REAL, last_input_ms REAL, last_output_ms REAL, device_ms REAL, device_top1 REAL,
  bytes INTEGER NOT NULL);
)";

}  // namespace

Result<Database> open_store(const std::filesystem::path& file, Database::Mode mode) {
  auto database = Database::open(file, mode);
  if (!database) return database;
  const auto version = database->schema_version();
  if (!version) return std::unexpected(version.error());
  const auto empty = database->is_empty();
  if (!empty) return std::unexpected(empty.error());
  const bool fresh = *version == 0 && *empty && mode == Database::Mode::kCreate;
  if (*version == 0 && !fresh) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is a database, but not a server's store", file.string()));
  }
  if (*version != kStoreVersion && !fresh) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("store {} has tables of version {}; this program knows version {}",
                            file.string(), *version, kStoreVersion));
  }
  if (mode != Database::Mode::kReadOnly) {
    if (const Status set = database->write_ahead(); !set) return std::unexpected(set.error());
  }
  if (fresh) {
    const Status made = database->execute(fmt::format(
        "BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT", kTables, kStoreVersion));
    if (!made) return std::unexpected(made.error());
  }
  return database;
}

bool is_database(const std::filesystem::path& file) {
  constexpr std::string_view kMagic = "SQLite format 3";
  std::array<char, kMagic.size()> begin{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(begin.data(), begin.size());
  return std::string_view(begin.data(), begin.size()) == kMagic;
}

}  // namespace cnnselect
