// NetworkTrace: a recorded network, `t_ms,rtt_ms,uplink_kbps,downlink_kbps`; 1 kbps = 1 bit per ms.
//
// A row holds until the next one's time. The last row holds for the trace's usual spacing, then the
// trace starts over. An empty cell was not measured: the last value stands, or the first one where
// there is none yet. 0 in a rate is a real stall. A value; pure.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// What to take for a column that a trace does not have, the same for its whole length.
struct AssumedNetwork {
  std::optional<double> rtt_ms;
  std::optional<double> uplink_kbps;
  std::optional<double> downlink_kbps;
};

class NetworkTrace {
 public:
  /// `name` is what errors call the text. Errors name line, column, value and what is allowed.
  static Result<NetworkTrace> parse(std::string_view text, std::string_view name);
  /// Also errors: kNotFound when the file cannot be read.
  static Result<NetworkTrace> load(const std::filesystem::path& file);

  /// This trace with `assumed` for what it lacks. Values are >= 0 and bounded as those of a trace.
  /// What was measured cannot be assumed as well. Errors name the column.
  Result<NetworkTrace> with(const AssumedNetwork& assumed) const;

  bool has_rtt() const { return has_rtt_; }
  bool has_uplink() const { return has_uplink_; }
  bool has_downlink() const { return has_downlink_; }

  /// One pass through the trace.
  Duration length() const { return length_; }

  /// How long `bytes` take from the device to the server when the first leaves at `start` (>= 0,
  /// from the trace's beginning). That is half the round trip, and sending them at the rates met on
  /// the way. A column that the trace does not have takes no time. So ask has_rtt() and
  /// has_uplink() first, or state it by with(). kForever: longer than an hour.
  Duration upload_time(Duration start, std::size_t bytes) const;
  /// The same from the server to the device.
  Duration download_time(Duration start, std::size_t bytes) const;
  /// The latest start of a download that is over by `until`, to a nanosecond. It is not before
  /// `earliest` (>= 0). Nothing when there is none.
  std::optional<Duration> latest_departure(Duration earliest, Duration until,
                                           std::size_t bytes) const;

 private:
  struct Row {
    Duration at{};
    double rtt_ms = 0;
    double uplink_kbps = 0;
    double downlink_kbps = 0;
  };

  struct Column {
    std::string_view name;
    double Row::* value;
    bool NetworkTrace::* present;
    double most;
  };
  static const std::array<Column, 3> kColumns;

  std::size_t row_at(Duration in_trace) const;
  Duration end_of(std::size_t row) const;
  Duration transfer(Duration start, std::size_t bytes, double Row::* rate) const;

  std::vector<Row> rows_;  // not empty, times strictly increasing from 0
  Duration length_{};
  bool has_rtt_ = false;
  bool has_uplink_ = false;
  bool has_downlink_ = false;
};

}  // namespace cnnselect
