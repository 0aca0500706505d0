// What tests of a secured server start it with.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "access/api_keys.h"
#include "net/testing/certificates.h"

namespace cnnselect {

/// The arguments of a server with these files, on free ports of loopback. It takes only clients
/// that `files.client_ca` has signed, if there is one.
inline std::vector<std::string> serve_with_tls(const TlsFiles& files,
                                               std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"serve",
                                        "--http",
                                        "127.0.0.1:0",
                                        "--grpc",
                                        "127.0.0.1:0",
                                        "--tls-certificate",
                                        files.certificate.string(),
                                        "--tls-key",
                                        files.key.string()};
  if (!files.client_ca.empty()) {
    arguments.insert(arguments.end(), {"--tls-client-ca", files.client_ca.string()});
  }
  std::ranges::move(more, std::back_inserter(arguments));
  return arguments;
}

/// An entry of a file of API keys, for a key that a test knows. `more`: further lines of it.
inline std::string key_entry(const std::string& name, const std::string& key,
                             const std::string& more = "") {
  std::string hex;
  for (const unsigned char byte : sha256_of(key)) hex += fmt::format("{:02x}", byte);
  return fmt::format("[[key]]\nname = '{}'\nsha256 = '{}'\n{}\n", name, hex, more);
}

}  // namespace cnnselect
