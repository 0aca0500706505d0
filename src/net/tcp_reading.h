// What the kernel tells of a TCP connection (TCP_INFO), for PathRoundTrip. Any thread.
#pragma once

#include "budget/path_round_trip.h"

namespace cnnselect {

/// All zero for what is no TCP connection; counts are zero on kernels that do not tell them.
TcpReading read_tcp(int socket);

}  // namespace cnnselect
