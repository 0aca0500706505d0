// PathRoundTrip: the round trip of one connection's path. It comes from what the kernel measured,
// without what the client added by acknowledging late.
//
// The kernel measures the time from a segment of ours until its acknowledgement. A client may hold
// that back: for 40 ms on Linux, 200 ms elsewhere, or until it has something to say itself. So each
// time measured is the path's round trip or longer. In two cases it is the path's own ("prompt"):
// the handshake, and an answer that left in two segments or more. Clients acknowledge every second
// segment at once. RFC 1122, section 4.2.3.2, wants it for full segments; Linux does it for short
// ones too, when the program has read them. The estimate is the least of the last few prompt times.
//
// A time that is not prompt still counts if it is shorter: then the path has become shorter. If it
// is longer, either the path or the client is slow. To find out, this asks that the next answer
// leave in two segments. That makes its acknowledgement prompt. It asks at most once in kAskAgain
// while prompt times say that the path is as it was. It asks at every answer while they say that it
// is longer. So a shorter path is known with the first or second answer over it. A longer one is
// known after kKept prompt ones, and after a long silence with the first.
//
// If a client talks at any time (gRPC: pings, calls side by side), nothing is prompt. Then a path
// counts as longer in two cases: the last kKept times over several segments were all longer, by
// more than a client on Linux holds back; or the kernel has forgotten that it was shorter (five
// minutes).
//
// Pure: `now` comes in and never goes back. Not thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "cnnselect/time.h"

namespace cnnselect {

/// What a kernel tells of one TCP connection. Counts are since it began, and wrap around.
struct TcpReading {
  Duration smoothed{};          ///< round trip, each new time weighs 1/8 (RFC 6298); 0: unknown
  Duration least{};             ///< of the last minutes, <= smoothed
  std::uint32_t delivered = 0;  ///< segments of ours that were acknowledged
  std::uint32_t bare_acks = 0;  ///< segments that came without data
};

class PathRoundTrip {
 public:
  static constexpr std::size_t kKept = 4;  ///< prompt times whose least is the estimate
  /// Older ones give way to a newer one at once.
  static constexpr Duration kOld = std::chrono::seconds(60);
  static constexpr Duration kAskAgain = std::chrono::seconds(2);
  /// After this time without confirmation, a path is asked about.
  static constexpr Duration kConfirmedFor = std::chrono::seconds(10);
  /// The most that a client on Linux holds back.
  static constexpr Duration kHeldBack = std::chrono::milliseconds(40);
  /// A time that is longer by this much is no news.
  static constexpr Duration kSlack = std::chrono::microseconds(500);

  /// When a client sends more than an acknowledgement.
  enum class Talk {
    kInTurns,    ///< once it has our answer; so bare acknowledgements can be counted
    kAtAnyTime,  ///< so several times are smoothed into one, and none is sure to be prompt
  };

  explicit PathRoundTrip(Talk talk = Talk::kInTurns) : talk_(talk) {}

  /// What the kernel knows now. Call it first for the new connection, then once for each request
  /// when it is in. The first reading's smoothed time is taken for that of the handshake.
  void take(const TcpReading& reading, TimePoint now);

  /// Nothing before the first reading that has a time.
  std::optional<Duration> estimate() const;

  /// Whether the next answer should leave in two segments.
  bool wants_prompt_ack() const { return wants_prompt_ack_; }

 private:
  struct Prompt {
    Duration time{};
    TimePoint at;
  };

  void keep(Prompt prompt, TimePoint now);
  void weigh(Duration time, bool prompt, TimePoint now);
  void weigh_mixture(Duration time, TimePoint now);

  Talk talk_;
  std::optional<TcpReading> last_;
  TimePoint last_at_;
  std::array<Prompt, kKept> kept_{};  ///< a ring
  std::size_t count_ = 0;
  std::size_t next_ = 0;
  TimePoint confirmed_;  ///< a time that agreed with the estimate is from then or later
  std::optional<TimePoint> asked_;
  bool wants_prompt_ack_ = false;
};

}  // namespace cnnselect
