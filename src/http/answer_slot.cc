#include "http/answer_slot.h"

#include <utility>

#include "http/http_error.h"

namespace cnnselect {
namespace {

class Exchange final : public HttpExchange {
 public:
  explicit Exchange(std::shared_ptr<AnswerSlot> slot) : slot_(std::move(slot)) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() override { slot_->abandon(); }

  void respond_later(MakeResponse make) override { slot_->respond_later(std::move(make)); }
  void on_disconnect(std::move_only_function<void()> gone) override {
    slot_->on_disconnect(std::move(gone));
  }

 private:
  std::shared_ptr<AnswerSlot> slot_;
};

}  // namespace

std::shared_ptr<HttpExchange> exchange_for(std::shared_ptr<AnswerSlot> slot) {
  return std::make_shared<Exchange>(std::move(slot));
}

void AnswerSlot::respond_later(MakeResponse make) {
  std::move_only_function<void()> dropped;  // destroyed without the lock: it is the handler's code
  const MutexLock lock(mutex_);
  if (answered_) return;
  answered_ = true;
  make_ = std::move(make);
  dropped = std::exchange(on_gone_, nullptr);
  if (wake_) std::exchange(wake_, nullptr)();
}

void AnswerSlot::on_disconnect(std::move_only_function<void()> gone) {
  {
    const MutexLock lock(mutex_);
    if (!gone_) {
      if (!answered_) on_gone_ = std::move(gone);
      return;
    }
  }
  gone();
}

void AnswerSlot::abandon() {
  respond_later([] { return refusal(500, "the request was dropped without an answer"); });
}

std::optional<HttpResponse> AnswerSlot::take_or_wake(std::move_only_function<void()> wake) {
  MakeResponse make;
  {
    const MutexLock lock(mutex_);
    if (!make_) {
      wake_ = std::move(wake);
      return std::nullopt;
    }
    make = std::exchange(make_, nullptr);
  }
  return make();  // without the lock: it is the handler's code
}

void AnswerSlot::client_gone() {
  std::move_only_function<void()> gone;
  {
    const MutexLock lock(mutex_);
    if (answered_ || gone_) return;
    gone_ = true;
    gone = std::exchange(on_gone_, nullptr);
  }
  if (gone) gone();
}

void AnswerSlot::detach() {
  std::move_only_function<void()> dropped;
  MakeResponse unmade;
  const MutexLock lock(mutex_);
  answered_ = true;
  unmade = std::exchange(make_, nullptr);
  dropped = std::exchange(on_gone_, nullptr);
  wake_ = nullptr;
}

}  // namespace cnnselect
