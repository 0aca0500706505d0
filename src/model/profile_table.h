// The profile table: what is known of models' times and accuracies, as a CSV file for people,
// spreadsheets and the simulator.
//
//   model,top1,top5,mean_ms,std_ms,cold_mean_ms,cold_std_ms,bytes
//   mobilenet_v1_025,0.498,0.742,1.7,0.1,53,,1912595
//
// The first line names the columns: `model` and any others of these, in any order. Quantiles that
// `models evaluate` measures (kUnreadColumns) may stand there too, and are not read. A blank cell
// means unknown. Lines that are empty or start with '#' are skipped. Values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/profile.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// The longest time that a profile may hold: eleven days, exact to the nanosecond in a double.
inline constexpr double kLongestProfileMs = 1e9;

inline constexpr std::array<std::string_view, 8> kUnreadColumns = {
    "p50_ms",      "p90_ms",      "p95_ms",      "p99_ms",
    "cold_p50_ms", "cold_p90_ms", "cold_p95_ms", "cold_p99_ms"};

struct ProfileRow {
  std::string model;                       ///< [A-Za-z0-9_.-]+, unique in the table
  std::optional<double> top1;              ///< fraction in [0, 1]
  std::optional<double> top5;              ///< likewise
  std::optional<Duration> mean;            ///< of a hot execution, > 0
  std::optional<Duration> deviation;       ///< >= 0
  std::optional<Duration> cold_mean;       ///< load plus first run, > 0
  std::optional<Duration> cold_deviation;  ///< >= 0
  std::optional<std::uint64_t> bytes;      ///< of the model's file
  friend bool operator==(const ProfileRow&, const ProfileRow&) = default;
};

/// The row of a model whose times a server learnt; times it has not seen stay unknown.
ProfileRow profile_row(std::string model, const Profile& profile,
                       std::optional<std::uint64_t> bytes);

/// Error kInvalidArgument: "source:line: column 'top1' is '1.2'; it must be a fraction from 0 to
/// 1".
Result<std::vector<ProfileRow>> parse_profile_table(std::string_view text, std::string_view source);
/// Errors also: kNotFound, kTooLarge, kInternal.
Result<std::vector<ProfileRow>> load_profile_table(const std::filesystem::path& file);

/// All columns; reading it back gives the same rows, to the nanosecond.
std::string print_profile_table(std::span<const ProfileRow> rows);
/// Replaces the file in one step. Error kInternal.
Status write_profile_table(const std::filesystem::path& file, std::span<const ProfileRow> rows);

}  // namespace cnnselect
