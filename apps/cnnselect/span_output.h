// What `serve --otlp` and --trace-rate ask for.
#pragma once

#include <memory>

#include "api/trace_sampling.h"
#include "cnnselect/result.h"
#include "serve_flags.h"
#include "service/request_books.h"

namespace cnnselect {

/// Where spans go; nowhere without --otlp. Errors: kInvalidArgument, for what is no collector's
/// URL.
Result<SpanOutput> open_span_output(const ServeFlags& flags);

/// Which requests are traced; null without --otlp.
std::unique_ptr<TraceSampling> make_trace_sampling(const ServeFlags& flags);

}  // namespace cnnselect
