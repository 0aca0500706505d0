// Sender: sends photos over simulated networks, open loop, from one thread.
//
// The way there is spent by pacing the body: its first bytes leave at the intended time, its last
// ones when the way is over, so that the server sees a slow upload as it would from a phone. Over
// gRPC, whose library sends a message whole, the call begins at the intended time and the message
// leaves when the way is over: the server measures the same time. The answer is held back for the
// way back before it counts as received. Latency counts from the intended time, also when the
// sender itself was late.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/time.h"
#include "load/tls_trust.h"
#include "load/url.h"
#include "trace/network_law.h"

namespace cnnselect {

struct ShapedRequest {
  Duration send_at{};  ///< from the beginning
  std::string target;  ///< path and query; over gRPC the family
  std::vector<std::pair<std::string, std::string>> headers;  ///< or metadata; beside the usual ones
  std::span<const std::byte> body;                           ///< outlives the sending
  NetworkTimes network;
};

struct ShapedOutcome {
  Result<std::string> body;  ///< the answer, or why there is none (also for a status but 200)
  Duration latency{};        ///< intended time to answer on the "device"
  Duration late{};  ///< intended time to the first byte's departure: the sender's own delay
};

struct SendOptions {
  Duration patience = std::chrono::seconds(30);  ///< after the intended time; then it is an error
  /// Requests under way; one more is an error, for a queue in the sender would hide the server's.
  std::size_t most_under_way = 900;
  /// Headers that depend on what is known when a request is sent; asked in send order; may be
  /// empty.
  std::function<std::vector<std::pair<std::string, std::string>>()> headers_now;
  std::function<bool()> interrupted;  ///< may be empty; once true the rest is not sent
  TlsTrust trust;                     ///< of a server that speaks TLS
  std::string api_key;                ///< empty: none
};

/// Whether the server is there, takes us and has that family; asks nothing of its models. Errors:
/// kUnavailable (no such host, refused, not trusted, another protocol), kTimeout, kUnauthenticated,
/// kInvalidArgument (what it said, or a file of the trust); in one line, naming the server.
Status check_server(const ServerUrl& server, const std::string& family, const SendOptions& options,
                    const Clock& clock);

/// Sends everything and calls `done` with each request's index as its outcome is known. Returns
/// when all are, or soon after `interrupted` first returns true. Errors: kUnavailable when the
/// server's name cannot be resolved, kInvalidArgument when a file of the trust cannot be used; over
/// gRPC also those of check_server().
Status send_shaped(const ServerUrl& server, const std::vector<ShapedRequest>& requests,
                   const SendOptions& options, const Clock& clock,
                   const std::function<void(std::size_t, ShapedOutcome)>& done);

}  // namespace cnnselect
