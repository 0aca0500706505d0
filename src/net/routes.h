// Routes: the product's HTTP interface, from HttpRequest to HttpResponse by way of InferenceApi.
// The Open Inference Protocol v2 under /v2, photos under /v1, Prometheus text under /metrics.
//
// Every error is JSON, {"error": "text"}. A verb that does not fit gets 405 with `Allow`. HEAD is
// answered as GET is; the server leaves the body out on the wire. A client that goes away while its
// request is worked on takes that request back.
// Thread-safe, as InferenceApi is.
#pragma once

#include <memory>

#include "net/http_message.h"
#include "net/inference_api.h"
#include "net/rights.h"
#include "net/shared_memory.h"

namespace cnnselect::net {

class Routes final : public HttpHandler {
 public:
  /// `api` and `memory` outlive the routes and every exchange they were given. No `memory`: shared
  /// memory is not offered.
  explicit Routes(InferenceApi& api, Rights rights = {}, SharedMemory* memory = nullptr)
      : api_(api), rights_(rights), memory_(memory) {}

  void handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) override;

 private:
  InferenceApi& api_;
  const Rights rights_;
  SharedMemory* const memory_;
};

}  // namespace cnnselect::net
