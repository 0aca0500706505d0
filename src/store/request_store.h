// RequestStore: what became of requests, kept in a SQLite file with everything that a study of
// policies needs; bounded, the oldest go first. Not thread-safe; other processes may read the file
// meanwhile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <ostream>
#include <span>
#include <string>

#include "cnnselect/result.h"
#include "cnnselect/time.h"
#include "store/database.h"

namespace cnnselect {

/// One request of a client, of a batch each image. Nothing: not known, or it did not come so far.
struct LoggedRequest {
  std::int64_t unix_ms = 0;  ///< when it ended, wall clock
  std::string family;
  std::string asked;                 ///< the family or model that was asked for
  std::string outcome;               ///< as the metrics name it: in_time, late, refused, ...
  std::optional<std::string> error;  ///< its message
  std::optional<std::string> model;  ///< which answered
  std::string policy;
  std::optional<std::string> reason;
  std::optional<double> probability;
  std::optional<Duration> sla;
  Duration elapsed{};
  Duration input{};   ///< T_input
  Duration output{};  ///< T_output as it was estimated
  Duration threshold{};
  std::optional<Duration> budget;  ///< T_U at the decision
  std::optional<Duration> decode;
  std::optional<Duration> queue;
  std::optional<Duration> prepare;
  std::optional<Duration> infer;
  std::optional<Duration> server;  ///< last byte in to answer ready
  std::string network_class;
  std::optional<Duration> rtt;
  std::optional<Duration> last_input;
  std::optional<Duration> last_output;
  std::optional<Duration> device;
  std::optional<double> device_top1;
  std::int64_t bytes = 0;  ///< of the request's body
};

class RequestStore {
 public:
  /// Errors as open_store().
  static Result<RequestStore> open(const std::filesystem::path& file, Database::Mode mode);

  /// Adds all, and removes the oldest until at most `max_rows` (>= 1) are left: one transaction.
  Status append(std::span<const LoggedRequest> requests, std::int64_t max_rows);
  Result<std::int64_t> count();
  /// All columns and rows as CSV, the oldest first.
  Status write_csv(std::ostream& out);
  /// How many rows those were.
  Result<std::int64_t> clear();

 private:
  explicit RequestStore(Database database) : database_(std::move(database)) {}
  Status write(std::span<const LoggedRequest> requests, std::int64_t max_rows);

  Database database_;
};

}  // namespace cnnselect
