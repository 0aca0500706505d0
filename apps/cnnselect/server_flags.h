// How a command that asks a server reaches it: address, TLS, API key.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "load/sender.h"
#include "load/url.h"

namespace cnnselect {

/// As typed.
struct ServerFlags {
  std::string server = "http://127.0.0.1:8000";
  std::string tls_ca;
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_name;
  std::string api_key_file;
};

/// Declares them on `command`; both outlive the parsing.
void add_server_flags(CLI::App& command, ServerFlags& flags);

/// A server, and what SendOptions needs to be let in there.
struct ServerAccess {
  ServerUrl url;
  TlsTrust trust;
  std::string api_key;
};

/// The key is that of the file, else that of CNNSELECT_API_KEY. Errors: kInvalidArgument, naming
/// the flag (the address; a flag of TLS for a server without it; a key with blanks within), and
/// what comes of reading the key's file.
Result<ServerAccess> server_access(const ServerFlags& flags);

/// How requests are sent there.
SendOptions send_options(const ServerAccess& server, Duration patience);

/// Asks the server whether it is there, lets us in and has that family.
Status check_family(const ServerAccess& server, const std::string& family, Duration patience,
                    const Clock& clock);

}  // namespace cnnselect
