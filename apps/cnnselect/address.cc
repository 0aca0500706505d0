#include "address.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace cnnselect {

Result<Address> parse_address(std::string_view option, const std::string& text) {
  const auto colon = text.rfind(':');
  const auto wrong = [&] {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} '{}' is not ADDRESS:PORT with a port of 0..65535", option, text));
  };
  if (colon == std::string::npos || colon == 0) return wrong();
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  int port = -1;
  const char* const first = text.data() + colon + 1;
  const char* const last = text.data() + text.size();
  const auto [end, failed] = std::from_chars(first, last, port);
  if (failed != std::errc{} || end != last || port < 0 || port > 65535) return wrong();
  return Address{std::move(host), static_cast<std::uint16_t>(port)};
}

std::string to_string(const Address& address) {
  return address.host.contains(':') ? fmt::format("[{}]:{}", address.host, address.port)
                                    : fmt::format("{}:{}", address.host, address.port);
}

}  // namespace cnnselect
