#include "store/profile_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "model/names.h"
#include "model/profile_table.h"

namespace cnnselect {
namespace {

enum Column {
  kModel,
  kDigest,
  kMachine,
  kRuntime,
  kFamily,
  kTop1,
  kTop5,
  kSamples,
  kMean,
  kDeviation,
  kTimes,
  kColdStart,
  kUpdated
};

bool is_time(double ms) { return ms > 0 && ms <= kLongestProfileMs && from_ms(ms) > Duration{}; }

/// Reads columns and remembers the first that holds what it must not.
class RowReader {
 public:
  explicit RowReader(const Statement& row) : row_(row) {}

  double number(Column column, bool (*allowed)(double), std::string_view what) {
    const double value = row_.real(column);
    if (row_.is_number(column) && allowed(value)) return value;
    refuse(column, what);
    return 0;
  }
  double fraction(Column column) {
    return number(
        column, [](double value) { return value >= 0 && value <= 1; }, "a fraction from 0 to 1");
  }
  Duration time(Column column) {
    return from_ms(number(column, is_time, "milliseconds above 0, up to 1e9"));
  }
  Duration deviation(Column column) {
    return from_ms(number(
        column, [](double ms) { return ms >= 0 && ms <= kLongestProfileMs; },
        "milliseconds from 0 to 1e9"));
  }
  std::uint64_t count(Column column) {
    const auto allowed = [](double value) { return value >= 0 && value <= 9e15; };
    return static_cast<std::uint64_t>(number(column, allowed, "a number of runs, from 0 to 9e15"));
  }
  std::vector<Duration> times(Column column) {
    boost::json::error_code malformed;
    const auto value = boost::json::parse(row_.text(column), malformed);
    const auto* const array = malformed ? nullptr : value.if_array();
    std::vector<Duration> times;
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
      boost::json::error_code no_number;
      const auto ms = (*array)[i].to_number<double>(no_number);
      if (!no_number && is_time(ms)) times.push_back(from_ms(ms));
    }
    if (array == nullptr || times.size() < array->size()) {
      refuse(column, "a JSON array of milliseconds above 0, up to 1e9");
    }
    std::ranges::sort(times);
    return times;
  }
  bool has(Column column) const { return !row_.is_null(column); }
  const Status& status() const { return status_; }

 private:
  void refuse(Column column, std::string_view what) {
    if (!status_) return;
    status_ = fail(ErrorCode::kInvalidArgument,
                   fmt::format("column '{}' is {}; it must be {}", row_.column_name(column),
                               in_quotes(row_.text(column)), what));
  }

  const Statement& row_;
  Status status_;
};

}  // namespace

std::string select_profiles(std::string_view rest) {
  return fmt::format(
      "SELECT model, digest, machine, runtime, family, top1, top5, samples, mean_ms, std_ms, "
      "times_ms, cold_ms, updated FROM profile {}",
      rest);
}

Result<StoredProfile> read_profile(const Statement& row) {
  const std::string model = row.text(kModel);
  if (const Status named = check_name("model", model); !named) {
    return std::unexpected(named.error());
  }
  RowReader reader(row);
  StoredProfile profile{.key = {.model = model,
                                .digest = row.text(kDigest),
                                .machine = row.text(kMachine),
                                .runtime = row.text(kRuntime)},
                        .family = row.text(kFamily),
                        .top1 = reader.fraction(kTop1),
                        .top5 = {},
                        .samples = reader.count(kSamples),
                        .mean = reader.time(kMean),
                        .deviation = reader.deviation(kDeviation),
                        .times = reader.times(kTimes),
                        .cold_start = {},
                        .updated = row.text(kUpdated)};
  if (reader.has(kTop5)) profile.top5 = reader.fraction(kTop5);
  if (reader.has(kColdStart)) profile.cold_start = reader.time(kColdStart);
  if (!reader.status()) {
    return std::unexpected(reader.status().error().within(fmt::format("model '{}'", model)));
  }
  return profile;
}

}  // namespace cnnselect
