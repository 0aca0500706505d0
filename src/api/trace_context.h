// Trace context (W3C Recommendation "Trace Context", version 00): whose request this is a part of,
// as the headers `traceparent` and `tracestate`, or gRPC's metadata of the same names, tell it.
//
// Nothing here is an error: a context that cannot be read is none, and a new trace begins. An id
// of zeros only is no id. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

struct TraceId {
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const TraceId&, const TraceId&) = default;
};

struct SpanId {
  std::array<std::uint8_t, 8> bytes{};
  friend bool operator==(const SpanId&, const SpanId&) = default;
};

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

struct TraceParent {
  TraceId trace;
  SpanId span;           ///< the caller's
  bool sampled = false;  ///< the caller records, and wants us to
  friend bool operator==(const TraceParent&, const TraceParent&) = default;
};

/// Of a version later than 00 only what 00 has is read; ff is no version.
std::optional<TraceParent> parse_trace_parent(std::string_view text);
/// In version 00.
std::string to_text(const TraceParent& parent);

/// Whether it is a list of at most 32 different keys with values, of at most 512 bytes.
bool is_trace_state(std::string_view text);

/// What came with a request.
struct IncomingTrace {
  bool told = false;                  ///< there was a traceparent, legible or not
  std::optional<TraceParent> parent;  ///< the legible one; said twice, it is not
  std::string state;                  ///< tracestate, its lines joined; empty: none that counts
};
IncomingTrace incoming_trace(const std::vector<std::pair<std::string, std::string>>& headers);

/// The protocol that a traced request came by.
struct TraceTransport {
  std::string_view status_key;  ///< of a span's attribute: "http.response.status_code"
  int (*status)(const Error*);  ///< what the client gets, as a number; null: no error
};

/// A request's place in a trace: our own span of it.
struct RequestTrace {
  TraceId trace;
  SpanId span;
  std::optional<SpanId> parent;
  bool sampled = false;  ///< the span is recorded
  std::string state;     ///< tracestate as it came
  const TraceTransport* transport = nullptr;
};

/// `traceparent` of the answer: our span of the request.
std::string answer_trace_parent(const RequestTrace& trace);

}  // namespace cnnselect
