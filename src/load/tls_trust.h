// TlsTrust: whom a client believes inside TLS, and what it shows of itself. The files are PEM.
// A value; any thread.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "cnnselect/result.h"

namespace cnnselect {

struct TlsTrust {
  std::filesystem::path authorities;  ///< empty: the system's
  std::filesystem::path certificate;  ///< the client's own, with its chain; empty: none
  std::filesystem::path key;          ///< its private key, without a passphrase
  std::string name;                   ///< expected in the certificate; empty: the server's host
};

/// For connections to a server: TLS 1.2 and later, the server's certificate is checked. Errors:
/// kInvalidArgument, naming the file and what is wrong with it, or that certificate and key go
/// together.
Result<std::unique_ptr<boost::asio::ssl::context>> client_context(const TlsTrust& trust);

}  // namespace cnnselect
