#include "net/tcp_reading.h"

// Not <netinet/tcp.h>: its tcp_info ends before the counts.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>

namespace cnnselect {

TcpReading read_tcp(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
  const std::chrono::microseconds smoothed(info.tcpi_rtt);
  return {.smoothed = smoothed,
          .least = std::min(smoothed, std::chrono::microseconds(info.tcpi_min_rtt)),
          .delivered = info.tcpi_delivered,
          .bare_acks = info.tcpi_segs_in - info.tcpi_data_segs_in};
}

}  // namespace cnnselect
