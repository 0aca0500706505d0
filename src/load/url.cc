#include "load/url.h"

#include <fmt/format.h>

#include <boost/url.hpp>

namespace cnnselect {

Result<ServerUrl> parse_server_url(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  const bool plain = url && url->scheme() == "http" && !url->host().empty() &&
                     (url->path().empty() || url->path() == "/") && !url->has_query();
  if (!plain) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("server '{}' is not of the form http://HOST:PORT", text));
  }
  return ServerUrl{
      .host = url->host_address(),
      .port = url->has_port() && !url->port().empty() ? std::string(url->port()) : "80"};
}

}  // namespace cnnselect
