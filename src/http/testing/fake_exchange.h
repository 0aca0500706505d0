// FakeExchange: keeps the answers it is given, and a client that the test can send away.
// Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "http/http_message.h"

namespace cnnselect {

/// A header of an answer; "" when it has none of that name.
inline std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

class FakeExchange final : public HttpExchange {
 public:
  void respond_later(MakeResponse make) override {
    HttpResponse response = make();
    std::move_only_function<void()> gone;  // no longer wanted: destroyed outside the lock
    const MutexLock lock(mutex_);
    responses_.push_back(std::move(response));
    gone.swap(gone_);
  }

  void on_disconnect(std::move_only_function<void()> gone) override {
    {
      const MutexLock lock(mutex_);
      if (!away_) {
        gone_ = std::move(gone);
        return;
      }
    }
    gone();
  }

  /// The client closes its connection.
  void go_away() {
    std::move_only_function<void()> gone;
    {
      const MutexLock lock(mutex_);
      away_ = true;
      gone.swap(gone_);
    }
    if (gone) gone();
  }

  /// Every answer given so far; a correct handler gives one.
  std::vector<HttpResponse> responses() const {
    const MutexLock lock(mutex_);
    return responses_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<HttpResponse> responses_ CNNSELECT_GUARDED_BY(mutex_);
  std::move_only_function<void()> gone_ CNNSELECT_GUARDED_BY(mutex_);
  bool away_ CNNSELECT_GUARDED_BY(mutex_) = false;
};

}  // namespace cnnselect
