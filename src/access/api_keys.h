// The file of API keys: who may call, and how much. It holds digests, so that who reads it cannot
// call. Pure; any thread.
//
//   [[key]]
//   name = "phone-app"        # in logs and metrics; the key itself is nowhere
//   sha256 = "9f86d0..."      # of the key's text, in hexadecimal
//   requests_per_second = 50  # in the long run; absent: no limit
//   burst = 100               # at once; absent: a second's worth
//   concurrent = 8            # requests under way; absent: no limit
//   admin = false             # whether it may also load models and change settings
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256_of(std::string_view text);

struct ApiKey {
  std::string name;
  Sha256 digest{};
  std::optional<double> per_second;
  double burst = 1;
  std::optional<std::size_t> concurrent;
  bool admin = false;
};

/// Errors: kInvalidArgument, with source, line, key, the value seen and what is allowed; no key at
/// all, and a name or digest that is there twice, are errors too.
Result<std::vector<ApiKey>> parse_api_keys(std::string_view text, std::string_view source);

}  // namespace cnnselect
