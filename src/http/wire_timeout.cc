#include "http/wire_timeout.h"

#include <boost/system/error_code.hpp>

namespace cnnselect {
namespace {

constexpr auto kAskAgain = std::chrono::milliseconds(50);

}  // namespace

void WireTimeout::expire_after(Duration timeout) {
  expired_ = false;
  if (timeout == kForever) {
    deadline_ = SteadyTime::max();
    return;
  }
  deadline_ = Timer::clock_type::now() + timeout;
  if (deadline_ < set_for_) await(deadline_);
}

void WireTimeout::await(SteadyTime when) {
  set_for_ = when;
  timer_.expires_at(when);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (!self || error) return;
    self->set_for_ = SteadyTime::max();
    if (self->deadline_ == SteadyTime::max()) return;
    if (self->deadline_ > Timer::clock_type::now()) return self->await(self->deadline_);
    self->expired_ = true;
    self->wire_.cancel();
    // The wire may have been between two operations: ask again until the session has noticed.
    self->await(Timer::clock_type::now() + kAskAgain);
  });
}

}  // namespace cnnselect
