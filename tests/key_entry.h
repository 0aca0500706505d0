// An entry of a file of API keys, for a key that a test knows.
#pragma once

#include <fmt/format.h>

#include <string>

#include "access/api_keys.h"

namespace cnnselect {

/// `more`: further lines of the entry.
inline std::string key_entry(const std::string& name, const std::string& key,
                             const std::string& more = "") {
  std::string hex;
  for (const unsigned char byte : sha256_of(key)) hex += fmt::format("{:02x}", byte);
  return fmt::format("[[key]]\nname = '{}'\nsha256 = '{}'\n{}\n", name, hex, more);
}

}  // namespace cnnselect
