// Reading the PROXY header (net/proxy_header.h) that comes before everything else on a connection.
// Private to src/http.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>

#include "cnnselect/result.h"
#include "http/wire_timeout.h"
#include "net/wire.h"

namespace cnnselect {

/// Whom the header names, nothing where it names nobody; no byte behind it is read. Errors:
/// kInvalidArgument (it is none), kTimeout, kCancelled (the connection ended, or was cancelled).
Task<Result<std::optional<boost::asio::ip::tcp::endpoint>>> read_proxy_header(
    Wire& wire, const WireTimeout& timeout);

}  // namespace cnnselect
