// The tables of a server's store, and their version. One file holds the models' profiles
// (profile_store.h) and the log of requests (request_store.h).
#pragma once

#include <cstdint>
#include <filesystem>

#include "cnnselect/result.h"
#include "store/database.h"

namespace cnnselect {

inline constexpr std::int64_t kStoreVersion = 1;

/// Opens the file, with all tables in it; kCreate makes them in a new or empty one. Errors as
/// Database::open, and kInvalidArgument for tables that this program does not know: another
/// program's, or a later version's. Such a file is left as it is.
Result<Database> open_store(const std::filesystem::path& file, Database::Mode mode);

/// Whether it is a SQLite database, by its first bytes.
bool is_database(const std::filesystem::path& file);

}  // namespace cnnselect
