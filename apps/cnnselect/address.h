// ADDRESS:PORT, as options write it and as users are told.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

struct Address {
  std::string host;  ///< "::1" without brackets
  std::uint16_t port = 0;
};

/// Errors name `option`, the text and what is allowed.
Result<Address> parse_address(std::string_view option, const std::string& text);

/// "127.0.0.1:8000", "[::1]:8000".
std::string to_string(const Address& address);

}  // namespace cnnselect
