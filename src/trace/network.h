// Network: what a request's way there and back takes, drawn from a law or replayed from a trace.
// A value; pure but for the Rng.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "trace/network_law.h"
#include "trace/network_trace.h"

namespace cnnselect {

class Network {
 public:
  /// A law (see NetworkLaw::parse) or, when the text has ".csv", a trace file. `correlation` is
  /// that of a law's two ways, in [0, 1]. What a trace did not measure must be stated behind its
  /// name: "lte.csv:downlink_kbps=20000", "wifi.csv:rtt_ms=30,downlink_kbps=50000"; taking it for
  /// zero time would make the network look faster than it was.
  static Result<Network> parse(std::string_view text, double correlation);

  /// For a request sent `start` after the beginning. A law gives whole one-way times whatever the
  /// sizes; a trace is followed byte by byte.
  NetworkTimes draw(Duration start, std::size_t upload_bytes, std::size_t download_bytes,
                    Rng& rng) const;

  /// Whether it is a trace, whose times depend on the moment.
  bool recorded() const { return std::holds_alternative<NetworkTrace>(source_); }
  /// The way back of an answer that leaves `departs` after the beginning; nothing for a law, which
  /// knows no time: its draw stands.
  std::optional<Duration> way_back(Duration departs, std::size_t bytes) const;
  /// As NetworkTrace::latest_departure; nothing for a law.
  std::optional<Duration> latest_departure(Duration earliest, Duration until,
                                           std::size_t bytes) const;

  /// `count` equally likely one-way times of a law, ascending, from draws of its own; empty for a
  /// trace. `count` >= 1.
  std::vector<Duration> one_way_times(std::size_t count) const;
  double correlation() const { return correlation_; }

  const std::string& text() const { return text_; }

 private:
  Network(std::string text, std::variant<NetworkLaw, NetworkTrace> source, double correlation)
      : text_(std::move(text)), source_(std::move(source)), correlation_(correlation) {}

  std::string text_;
  std::variant<NetworkLaw, NetworkTrace> source_;
  double correlation_;
};

}  // namespace cnnselect
