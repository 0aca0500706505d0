// OTLP in its JSON form (opentelemetry-proto, ExportTraceServiceRequest and its response): spans as
// a collector wants them. Ids are hexadecimal, 64-bit numbers are text, enumerations are numbers.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spans/span.h"

namespace cnnselect {

/// Who tells it.
struct SpanResource {
  std::vector<SpanAttribute> attributes;  ///< service.name, service.version, ...
  std::string scope = "cnnselect";
  std::string version;
};

/// The body of `POST /v1/traces`.
std::string otlp_json(std::span<const Span> spans, const SpanResource& resource);

/// What the collector did not take of a batch that it accepted.
struct PartialSuccess {
  std::uint64_t rejected = 0;  ///< spans
  std::string message;         ///< why; without rejected spans a warning
  friend bool operator==(const PartialSuccess&, const PartialSuccess&) = default;
};
/// Of the body of a 2xx answer; a body that says nothing of the kind is that of a whole success.
PartialSuccess parse_partial_success(std::string_view body);

}  // namespace cnnselect
