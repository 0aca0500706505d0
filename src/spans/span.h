// Span: one stretch of a traced request's time, as OpenTelemetry has it: where it belongs, from
// when to when, and what is to be known of it. A value.
//
// These are what the server tells of the requests it answers. What it measures of networks, and the
// traces of them that a simulation runs on, are in src/trace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/trace_context.h"
#include "base/wall_clock.h"

namespace cnnselect {

struct SpanAttribute {
  std::string key;
  std::variant<std::string, bool, std::int64_t, double> value;
  friend bool operator==(const SpanAttribute&, const SpanAttribute&) = default;
};

struct Span {
  TraceId trace;
  SpanId id;
  std::optional<SpanId> parent;
  std::string trace_state;  ///< as it came with the request; may be empty
  std::string name;
  bool is_server = false;  ///< a request as the server saw it; else a stage of one
  WallTime start;          ///< collectors compare the spans of several hosts
  WallTime end;            ///< >= start
  std::vector<SpanAttribute> attributes;
  std::optional<std::string> error;  ///< what went wrong, where the server is at fault
};

}  // namespace cnnselect
