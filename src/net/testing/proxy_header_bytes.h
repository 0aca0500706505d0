// For tests: a PROXY header of version 2 as a proxy would send it, or as none should.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cnnselect {

/// `command`: version and command (0x20 LOCAL, 0x21 PROXY). `rest`: addresses and what follows
/// them, a byte each; its length is told as it is.
inline std::string proxy_header(int command, int transport, const std::vector<int>& rest) {
  std::string header("\r\n\r\n\0\r\nQUIT\n", 12);
  header += static_cast<char>(command);
  header += static_cast<char>(transport);
  header += static_cast<char>(rest.size() >> 8U);
  header += static_cast<char>(rest.size() & 0xFFU);
  for (const int byte : rest) header += static_cast<char>(byte);
  return header;
}

}  // namespace cnnselect
