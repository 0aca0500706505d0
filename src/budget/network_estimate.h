// NetworkEstimate: what one request's arrival tells of the network, both ways. Pure.
#pragma once

#include <optional>

#include "cnnselect/time.h"

namespace cnnselect {

/// What was observed or told about one request's way here.
struct NetworkObservation {
  TimePoint first_byte;                    ///< of the request, its header too
  TimePoint last_byte;                     ///< of the request, >= first_byte
  std::optional<Duration> connection_rtt;  ///< of its path (path_round_trip.h)
  std::optional<Duration> client_rtt;   ///< the client's own; replaces the kernel's, which behind
                                        ///< a proxy ends at the proxy
  std::optional<Duration> last_output;  ///< how long the client's previous answer took back
};

struct NetworkEstimate {
  Duration input{};   ///< T_input: the request's transfer plus half the round trip, >= 0
  Duration output{};  ///< T_output, >= 0
};

/// T_output is what the client reported of its previous answer. If it reported nothing, it is
/// T_input. Then T_nw = 2 * T_input, as the paper estimates (section 5).
NetworkEstimate estimate_network(const NetworkObservation& seen);

}  // namespace cnnselect
