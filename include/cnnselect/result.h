// Failure as a value. A function that can fail returns Result<T>; no exception crosses a folder.
//
// An Error's message is for the person who has to act on it. It names the thing, the value seen and
// the value allowed. What became of a request (late, dropped) is an outcome, not an Error. These
// are values: any thread may copy them.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace cnnselect {

/// The kind of failure, coarse enough that a wire protocol has a status for each (docs/errors.md).
enum class ErrorCode {
  kInvalidArgument,   ///< the request is wrong; the same call fails again (HTTP 400)
  kUnauthenticated,   ///< no API key, or an unknown one (401)
  kForbidden,         ///< the API key is not for this (403)
  kNotFound,          ///< no such family, model, file or path (404)
  kMethodNotAllowed,  ///< the path exists, the verb does not fit it (405)
  kTimeout,           ///< the other side was too slow to send (408)
  kTooLarge,          ///< over a limit that the message names (413)
  kUnsupportedMedia,  ///< not an image, or not of a kind that is decoded (415)
  kTooMany,           ///< over the limits of the API key; later it may work (429)
  kCancelled,         ///< the caller went away or took the request back (499)
  kInternal,          ///< our fault or the runtime's (500)
  kUnsupported,       ///< legal, but not offered here (501)
  kTimedOut,          ///< waited in the queue longer than it may; later it may work (503)
  kUnavailable,       ///< queue full, not ready, or stopping; later it may work (503)
  kTooLate,    ///< the SLA cannot be kept, and a late answer is not wanted or not worth it (504)
  kUseDevice,  ///< the same, but the client's own network can still keep the SLA (504)
};

/// "too-late" or "use-device", as on the wire, for the two codes of requests that were given up;
/// else empty.
constexpr std::string_view why_given_up(ErrorCode code) {
  if (code == ErrorCode::kTooLate) return "too-late";
  return code == ErrorCode::kUseDevice ? "use-device" : "";
}

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  /// The same error, with its context before the message: "context: message".
  Error within(std::string_view context) const {
    return {code, std::string(context) + ": " + message};
  }
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// `return fail(ErrorCode::kNotFound, "no family 'x'; there are: emoji");`
inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}

}  // namespace cnnselect
