// Routes: the product's HTTP interface, from HttpRequest to HttpResponse by way of InferenceApi.
// The Open Inference Protocol v2 under /v2, photos under /v1, Prometheus text under /metrics.
//
// Every error is JSON, {"error": "text"}. A verb that does not fit gets 405 with `Allow`. HEAD is
// answered as GET is; the server leaves the body out on the wire. A client that goes away while its
// request is worked on takes that request back.
//
// With tracing, the answer to a request that came with a trace, or is recorded as one, says in
// `traceparent` which span of it is ours.
// Thread-safe, as InferenceApi is.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "api/inference_api.h"
#include "api/operations.h"
#include "api/rights.h"
#include "api/trace_sampling.h"
#include "http/http_message.h"
#include "oip/shared_memory.h"

namespace cnnselect {

class Routes final : public HttpHandler {
 public:
  /// All outlive the routes and every exchange they were given. No `memory`: shared memory is not
  /// offered; no `traces`: nothing is recorded.
  explicit Routes(InferenceApi& api, Rights rights = {}, SharedMemory* memory = nullptr,
                  TraceSampling* traces = nullptr)
      : api_(api), rights_(rights), memory_(memory), traces_(traces) {}

  void handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) override;

 private:
  /// The answer to what is told at once.
  HttpResponse told(const Route& route, std::string_view body) const;
  void control(const Route& route, std::string_view body,
               const std::shared_ptr<HttpExchange>& exchange);
  void infer(HttpRequest request, const Route& route, std::shared_ptr<HttpExchange> exchange);
  void classify(HttpRequest request, const Route& route, std::shared_ptr<HttpExchange> exchange);
  /// The request's trace; `exchange` then tells it to the client.
  std::optional<RequestTrace> begin_trace(const HttpRequest& request, const Route& route,
                                          std::shared_ptr<HttpExchange>& exchange);

  InferenceApi& api_;
  const Rights rights_;
  SharedMemory* const memory_;
  TraceSampling* const traces_;
};

}  // namespace cnnselect
