// ProfileStore: what was learnt of models, kept in a SQLite file, so that a restart forgets nothing
// and a person can ask it with any SQLite tool.
//
// A profile belongs to one content of a model's file, on one kind of machine, under one runtime: a
// changed file, another host or a new runtime starts afresh, and what was known stays for the day
// it is true again. Not thread-safe; other processes may use the same file at the same time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cnnselect/profile.h"
#include "cnnselect/result.h"
#include "model/profile_table.h"
#include "store/database.h"

namespace cnnselect {

struct ProfileKey {
  std::string model;
  std::string digest;   ///< of the model's file, file_digest()
  std::string machine;  ///< processor and cores
  std::string runtime;  ///< name, version and what else changes its speed
  friend bool operator==(const ProfileKey&, const ProfileKey&) = default;
};

struct StoredProfile {
  ProfileKey key;
  std::string family;
  double top1 = 0;  ///< 0: not known
  std::optional<double> top5;
  std::uint64_t samples = 0;
  Duration mean{};
  Duration deviation{};
  std::vector<Duration> times;  ///< equally likely, ascending
  std::optional<Duration> cold_start;
  std::string updated;  ///< UTC, as SQLite writes it; set by save()
};

/// As a row of a profile table, without a top1 that is not known. A server loads a model once, so
/// of the cold start it has no deviation.
ProfileRow row_of(const StoredProfile& profile);

class ProfileStore {
 public:
  /// Errors as open_store().
  static Result<ProfileStore> open(const std::filesystem::path& file, Database::Mode mode);

  // What is read is checked, since a person may have edited it. Error kInvalidArgument: "store
  // s.db: model 'm': column 'top1' is '7'; it must be a fraction from 0 to 1".

  /// What is known under this key; nothing when nothing is.
  Result<std::optional<StoredProfile>> find(const ProfileKey& key);
  /// Everything, by model, the latest first.
  Result<std::vector<StoredProfile>> all();
  /// Of each model the profile that was updated last.
  Result<std::vector<StoredProfile>> latest();
  /// Adds or replaces, all in one transaction.
  Status save(std::span<const StoredProfile> profiles);
  /// Forgets a model, or without a name everything; how many profiles that were.
  Result<std::int64_t> forget(const std::optional<std::string>& model);

 private:
  ProfileStore(Database database, std::string file)
      : database_(std::move(database)), file_(std::move(file)) {}
  Result<std::vector<StoredProfile>> read(Statement& query);
  Status write(std::span<const StoredProfile> profiles);

  Database database_;
  std::string file_;
};

}  // namespace cnnselect
