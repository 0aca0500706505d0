// AnswerSlot: the meeting point of one request's handler (any thread) and its connection (one
// strand). The handler side puts one answer in, the connection side takes it out; either may be
// gone before the other. After detach() the slot never touches the connection or its io_context
// again, which is what makes an exchange that outlives its server harmless.
// Thread-safe. `wake` is called with the slot's lock held: it may post, and nothing else.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/mutex.h"
#include "http/http_message.h"

namespace cnnselect {

class AnswerSlot {
 public:
  /// Handler side. The first answer counts, later ones are ignored.
  void respond_later(MakeResponse make) CNNSELECT_EXCLUDES(mutex_);
  /// `gone` is called by client_gone(), or here and now when that came first.
  void on_disconnect(std::move_only_function<void()> gone) CNNSELECT_EXCLUDES(mutex_);
  /// Nobody is left to answer: 500, unless there is an answer.
  void abandon();

  /// Connection side. The answer, made now, once; or nothing, and `wake` will be called when there
  /// is one.
  std::optional<HttpResponse> take_or_wake(std::move_only_function<void()> wake)
      CNNSELECT_EXCLUDES(mutex_);
  /// Calls the handler's `gone` unless the answer has been given.
  void client_gone() CNNSELECT_EXCLUDES(mutex_);
  /// From here on answers are dropped and `wake` is not called.
  void detach() CNNSELECT_EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  bool answered_ CNNSELECT_GUARDED_BY(mutex_) = false;
  bool gone_ CNNSELECT_GUARDED_BY(mutex_) = false;
  MakeResponse make_ CNNSELECT_GUARDED_BY(mutex_);  ///< null: no answer yet, or it was taken
  std::move_only_function<void()> on_gone_ CNNSELECT_GUARDED_BY(mutex_);
  std::move_only_function<void()> wake_ CNNSELECT_GUARDED_BY(mutex_);
};

/// The handler's handle on `slot`: when its last reference goes, so does the chance to answer.
std::shared_ptr<HttpExchange> exchange_for(std::shared_ptr<AnswerSlot> slot);

}  // namespace cnnselect
