// NetworkTrace: a recorded network, `t_ms,rtt_ms,uplink_kbps,downlink_kbps`; 1 kbps = 1 bit per ms.
//
// A row holds until the next one's time, the last row for the trace's usual spacing; then the trace
// starts over. An empty cell is not measured: the last value stands. 0 in a rate is a real stall.
// A value; pure.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/time.h"

namespace cnnselect {

class NetworkTrace {
 public:
  /// `name` is what errors call the text. Errors name line, column, value and what is allowed.
  static Result<NetworkTrace> parse(std::string_view text, std::string_view name);
  static Result<NetworkTrace> load(const std::filesystem::path& file);

  bool has_rtt() const { return has_rtt_; }
  bool has_uplink() const { return has_uplink_; }
  bool has_downlink() const { return has_downlink_; }

  /// One pass through the trace.
  Duration length() const { return length_; }

  /// How long `bytes` take from the device to the server when the first leaves at `start` (>= 0,
  /// from the trace's beginning): sending them at the rates met on the way plus half the round
  /// trip. Without an uplink column only the round trip counts. kForever when it would take longer
  /// than an hour.
  Duration upload_time(Duration start, std::size_t bytes) const;
  /// The same from the server to the device.
  Duration download_time(Duration start, std::size_t bytes) const;

 private:
  struct Row {
    Duration at{};
    double rtt_ms = 0;
    double uplink_kbps = 0;
    double downlink_kbps = 0;
  };

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
