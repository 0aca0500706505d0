#include "sim/device.h"

#include <fmt/format.h>

#include <algorithm>

#include "trace/law_text.h"

namespace cnnselect {
namespace {

// The normal law's 99th percentile, in deviations above the mean.
constexpr double kNormal99 = 2.326;

/// The latest start from which 99 of 100 runs make the SLA.
Duration late_start(const SimulatedModel& device, Duration sla) {
  const Duration usual =
      device.mean + std::chrono::duration_cast<Duration>(kNormal99 * device.deviation);
  return std::max(sla - usual, Duration::zero());
}

}  // namespace

Result<Duplication> parse_duplication(std::string_view text) {
  if (text == "off") return Duplication::kOff;
  if (text == "always") return Duplication::kAlways;
  if (text == "late") return Duplication::kLate;
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}'; allowed: off, always, late", text));
}

Result<SimulatedModel> parse_device(std::string_view text) {
  constexpr double kMostMs = 3'600'000;
  const auto parts = parse_law_text(fmt::format("device({})", text));
  const auto within = [](double value, double low, double high) {
    return value >= low && value <= high;
  };
  if (!parts || parts->arguments.size() != 3 || !within(parts->arguments[0], 0.001, kMostMs) ||
      !within(parts->arguments[1], 0, kMostMs) || !within(parts->arguments[2], 0, 1)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}'; allowed: MEAN,STD,TOP1 in ms, ms and a fraction, such as "
                            "139,15,0.414",
                            text));
  }
  return SimulatedModel{.name = "device",
                        .accuracy = parts->arguments[2],
                        .mean = from_ms(parts->arguments[0]),
                        .deviation = from_ms(parts->arguments[1]),
                        .samples = {}};
}

SimulatedOutcome server_alone(const ServerSide& server) {
  return {.model = server.model,
          .accuracy = server.accuracy,
          .total = server.total,
          .cold = server.cold};
}

SimulatedOutcome with_device(const ServerSide& server, const SimulatedModel& device, Duration own,
                             Duplication duplication, Duration sla) {
  Duration start = server.model ? kForever : server.total;
  if (duplication == Duplication::kAlways) start = Duration::zero();
  if (duplication == Duplication::kLate) start = std::min(start, late_start(device, sla));
  SimulatedOutcome outcome = server_alone(server);
  outcome.device_ran = start != kForever && (!server.model || server.total > start);
  if (!outcome.device_ran) return outcome;
  const Duration done = start + own;
  const bool server_in_time = server.model && server.total <= sla;
  if (server_in_time && (done > sla || server.accuracy >= device.accuracy)) return outcome;
  if (server.model && done > sla && server.total <= done) return outcome;
  return {.on_device = true, .accuracy = device.accuracy, .device_ran = true, .total = done};
}

}  // namespace cnnselect
