// The phone's own network, and when it runs beside the server's (MDInference's duplication). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "cnnselect/result.h"
#include "sim/model_set.h"
#include "sim/workload.h"

namespace cnnselect {

/// When the device runs its own network for a request.
enum class Duplication {
  kOff,     ///< only when the server declines
  kAlways,  ///< at once, for every request
  kLate,    ///< when the server has declined, or so late that it just makes the SLA
};

/// "off", "always" or "late". Errors name the text and what is allowed.
Result<Duplication> parse_duplication(std::string_view text);

/// "MEAN,STD,TOP1", such as "139,15,0.414": ms > 0, ms >= 0, a fraction. Errors name the text.
Result<SimulatedModel> parse_device(std::string_view text);

/// The server's side of one request, seen from the device.
struct ServerSide {
  std::optional<std::size_t> model;  ///< which answers; nothing: none will
  double accuracy = 0;               ///< of that model
  Duration total = kForever;         ///< from "send" until the answer, or the refusal, is here
  bool cold = false;                 ///< it waited for a model's load
};

/// What became of one request.
struct SimulatedOutcome {
  std::optional<std::size_t> model;  ///< whose answer counts, an index into the ModelSet
  bool on_device = false;            ///< the device's own answer counts
  double accuracy = 0;               ///< of the answer that counts
  bool device_ran = false;
  Duration total{};   ///< from "send" to the answer that counts
  bool cold = false;  ///< the server's answer waited for a model's load

  bool answered() const { return model || on_device; }
};

/// The more accurate of the answers within the SLA, else the sooner one. `device` takes `own`.
SimulatedOutcome with_device(const ServerSide& server, const SimulatedModel& device, Duration own,
                             Duplication duplication, Duration sla);
/// The server's answer as it is.
SimulatedOutcome server_alone(const ServerSide& server);

}  // namespace cnnselect
