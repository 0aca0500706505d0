// KeyGate: in front of a listener's other handlers, lets in who has an API key. Health is told to
// everybody, for balancers have none; what changes models, settings or shared memory needs a key
// for that (api/operations.h). Thread-safe.
#pragma once

#include <memory>

#include "access/key_ring.h"
#include "http/http_message.h"

namespace cnnselect {

class KeyGate final : public HttpHandler {
 public:
  /// All outlive the gate.
  KeyGate(HttpHandler& next, KeyRing& keys, const Clock& clock)
      : next_(next), keys_(keys), clock_(clock) {}

  /// An admitted request counts as under way until it is answered.
  void handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) override;
  /// Strangers' bodies are not read.
  std::optional<HttpResponse> refuse_unread(HttpRequest& head) override;

 private:
  HttpHandler& next_;
  KeyRing& keys_;
  const Clock& clock_;
};

}  // namespace cnnselect
