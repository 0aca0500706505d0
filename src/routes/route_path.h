// Which operation a request's path and verb mean, by the table in api/operations.h. Paths are split
// at '/' and then decoded, so an encoded slash stays part of a name; a name is looked up among
// loaded models, never in a file system, so '..' is a name like any other (and unknown). A
// repository's name counts for nothing: one server has one, whatever a client calls it.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "api/operations.h"
#include "cnnselect/result.h"
#include "http/http_message.h"

namespace cnnselect {

/// `path`: percent-encoded, without the query; one slash at its end is ignored. Errors: kNotFound;
/// kMethodNotAllowed (the path is known, with other verbs); kInvalidArgument (a '%' without two
/// hexadecimal digits).
Result<Route> find_route(std::string_view method, std::string_view path);

/// The same for a request, found once and kept in it.
const Result<Route>& route_of(HttpRequest& request);

/// The value of `Allow`: "GET, HEAD", "POST" or "GET, HEAD, POST"; blank: no such path.
std::string allowed_methods(std::string_view path);

}  // namespace cnnselect
