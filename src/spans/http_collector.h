// HttpCollector: a collector of OpenTelemetry's, or anything that takes OTLP's JSON over HTTP, by
// libcurl. It is asked directly, never through a proxy; https needs a certificate of an authority
// that the machine trusts. Redirects are not followed.
#pragma once

#include <memory>
#include <string>

#include "cnnselect/result.h"
#include "spans/span_collector.h"

namespace cnnselect {

/// `url`: "http://HOST:PORT/v1/traces", or https; without a path /v1/traces is meant. Nothing is
/// asked yet. Errors: kInvalidArgument, for what is no such URL.
Result<std::unique_ptr<SpanCollector>> open_http_collector(const std::string& url);

}  // namespace cnnselect
