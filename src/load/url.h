// Where a server is and what it speaks there: "https://127.0.0.1:8443". Pure.
#pragma once

#include <string>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

enum class WireProtocol { kHttp, kGrpc };

struct ServerUrl {
  std::string host;  ///< a name or an address, without brackets
  std::string port;  ///< a number
  WireProtocol protocol = WireProtocol::kHttp;
  bool tls = false;
};

/// The schemes that `serve` prints: http (port 80 when none is named), https (443), grpc and grpcs
/// (the port must be named). Without a path but "/". Errors: kInvalidArgument, naming the text.
Result<ServerUrl> parse_server_url(std::string_view text);

/// "HOST:PORT", brackets around an IPv6 address.
std::string authority_of(const ServerUrl& server);

}  // namespace cnnselect
