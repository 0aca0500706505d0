// Any text as traceparent and as tracestate: what is accepted has ids, and is read back as the same
// once it was written in version 00.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/trace_context.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cnnselect;
  using cnnselect::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto parent = parse_trace_parent(text)) {
    require(parent->trace != TraceId() && parent->span != SpanId());
    require(parse_trace_parent(to_text(*parent)) == parent);
    require(text.substr(3, 32) == to_hex(parent->trace.bytes));
  }
  if (is_trace_state(text)) require(text.size() <= 512 && text.contains('='));
  const IncomingTrace trace =
      incoming_trace({{"traceparent", std::string(text)}, {"tracestate", std::string(text)}});
  require(trace.told && (trace.parent || trace.state.empty()));
  return 0;
}
