#include "routes/key_gate.h"

#include <optional>
#include <utility>

#include "base/mutex.h"
#include "http/http_error.h"
#include "routes/route_path.h"

namespace cnnselect {
namespace {

/// Ends the admission with the answer.
class Admitted final : public HttpExchange {
 public:
  Admitted(std::shared_ptr<HttpExchange> exchange, KeyRing::Admission admission)
      : exchange_(std::move(exchange)), admission_(std::move(admission)) {}

  void respond_later(MakeResponse make) override {
    take();  // first: a client that has its answer may ask again at once
    exchange_->respond_later(std::move(make));
  }
  void on_disconnect(std::move_only_function<void()> gone) override {
    exchange_->on_disconnect(std::move(gone));
  }

 private:
  void take() {
    const MutexLock lock(mutex_);
    admission_.reset();
  }

  const std::shared_ptr<HttpExchange> exchange_;
  Mutex mutex_;
  KeyRing::Admission admission_ CNNSELECT_GUARDED_BY(mutex_);
};

/// What the request needs a key for; nothing where it needs none.
std::optional<Access> access_of(HttpRequest& request) {
  const auto& route = route_of(request);
  return route ? facts_of(route->operation).access : Access::kCall;  // strangers learn no paths
}

std::optional<std::string_view> key_of(const HttpRequest& request) {
  return presented_key(request.header("authorization"), request.header("x-api-key"));
}

}  // namespace

std::optional<HttpResponse> KeyGate::refuse_unread(HttpRequest& head) {
  const auto access = access_of(head);
  if (!access) return std::nullopt;
  const Status known = keys_.check(key_of(head), *access);
  if (known) return std::nullopt;
  return error_response(known.error());
}

void KeyGate::handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) {
  const auto access = access_of(request);
  if (!access) return next_.handle(std::move(request), std::move(exchange));
  auto admission = keys_.admit(key_of(request), *access, clock_.now());
  if (!admission) return exchange->respond(error_response(admission.error()));
  request.key = admission->key;
  next_.handle(std::move(request),
               std::make_shared<Admitted>(std::move(exchange), *std::move(admission)));
}

}  // namespace cnnselect
