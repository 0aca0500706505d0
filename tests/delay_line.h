// DelayLine: two hosts on this machine, each a network namespace of its own, and between them a
// line on which every packet takes the same time. What passes is whole IP packets (TUN devices), so
// that each host's kernel sees the other's true round trip and its acknowledgements: a TCP proxy
// would show its own. Namespaces and devices go with this object, or with the process. Linux, root.
//
// One thread of its own moves the packets; the rest is for any thread.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "cnnselect/result.h"
#include "cnnselect/time.h"

namespace cnnselect::test {

/// How far from the truth a T_input may be: a machine that is busy, or that grants no real-time
/// priority, wakes threads late. What would be wrong is off by more: 6.5 ms where a client holds
/// acknowledgements back, half a round trip where that is not seen. docs/benchmarks/policies.md has
/// how sharp it was.
inline constexpr double kToleranceMs = 4;

class DelayLine {
 public:
  enum Host { kServer = 0, kClient = 1 };
  static constexpr const char* kAddresses[] = {"10.77.0.1", "10.77.0.2"};

  /// Errors: kUnavailable, where this process may not make namespaces or devices, or there is no
  /// TUN.
  static Result<std::unique_ptr<DelayLine>> open(Duration one_way);
  ~DelayLine();
  DelayLine(const DelayLine&) = delete;
  DelayLine& operator=(const DelayLine&) = delete;

  /// Of packets that leave from now on; none overtakes another.
  void set_one_way(Duration one_way) { one_way_ = one_way; }
  /// How long one byte of the client's takes to be sent, on top; zero at first.
  void set_uplink(Duration byte) { uplink_byte_ = byte; }

  /// When the client's host next sent data, from this call on; the line's own clock is RealClock.
  /// A client's library may take its time before it sends: that is not the network's.
  void watch_departure() { departure_ = TimePoint(); }
  TimePoint departure() const { return departure_; }

  /// Runs `work` on that host and waits for its end: sockets and threads that it makes stay there,
  /// and are hasty.
  void on(Host host, const std::function<void()>& work) const;

 private:
  DelayLine() = default;
  void pump(const std::stop_token& stop);

  std::array<int, 2> namespaces_ = {-1, -1};
  std::array<int, 2> devices_ = {-1, -1};
  std::atomic<Duration> one_way_{Duration::zero()};
  std::atomic<Duration> uplink_byte_{Duration::zero()};
  std::atomic<TimePoint> departure_{TimePoint()};
  std::jthread pump_;
};

/// What else this machine does makes the calling thread, and those that it starts from now on, wait
/// as little as can be: a delay that is measured shall be the line's.
void be_hasty();

}  // namespace cnnselect::test
