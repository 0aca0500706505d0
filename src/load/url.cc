#include "load/url.h"

#include <fmt/format.h>

#include <array>
#include <boost/url.hpp>

namespace cnnselect {
namespace {

struct Scheme {
  std::string_view name;
  WireProtocol protocol;
  bool tls;
  std::string_view port;  ///< of its own; empty: none
};

constexpr std::array kSchemes = {Scheme{"http", WireProtocol::kHttp, false, "80"},
                                 Scheme{"https", WireProtocol::kHttp, true, "443"},
                                 Scheme{"grpc", WireProtocol::kGrpc, false, ""},
                                 Scheme{"grpcs", WireProtocol::kGrpc, true, ""}};

}  // namespace

Result<ServerUrl> parse_server_url(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  const bool plain = url && !url->host().empty() && (url->path().empty() || url->path() == "/") &&
                     !url->has_query();
  for (const Scheme& scheme : kSchemes) {
    if (!plain || url->scheme() != scheme.name) continue;
    const bool named = url->has_port() && !url->port().empty();
    if (!named && scheme.port.empty()) break;
    return ServerUrl{.host = url->host_address(),
                     .port = std::string(named ? std::string_view(url->port()) : scheme.port),
                     .protocol = scheme.protocol,
                     .tls = scheme.tls};
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("server '{}' is not of the form http://HOST:PORT; allowed: http, https, "
                          "grpc, grpcs",
                          text));
}

std::string authority_of(const ServerUrl& server) {
  const bool brackets = server.host.contains(':');
  return fmt::format("{}{}{}:{}", brackets ? "[" : "", server.host, brackets ? "]" : "",
                     server.port);
}

}  // namespace cnnselect
