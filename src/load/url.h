// Where a server is: "http://127.0.0.1:8000". Pure.
#pragma once

#include <string>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

struct ServerUrl {
  std::string host;  ///< a name or an address, without brackets
  std::string port;  ///< a number, "80" when the URL names none
};

/// http only, without a path but "/". Errors: kInvalidArgument, naming the text.
Result<ServerUrl> parse_server_url(std::string_view text);

}  // namespace cnnselect
