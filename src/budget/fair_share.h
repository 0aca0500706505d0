// FairShare: how much of what is learnt may come from one contributor. Of the latest kKept
// contributions, one contributor has at most a quarter, or its equal share while there are fewer
// than four. So a contributor that sends more than the others only repeats itself. To teach
// something false, one needs many addresses. Contributions count for ten minutes. Then the others
// may have gone, and the contributor that is left may teach everything. A value without locks: its
// owner guards it.
#pragma once

#include <cstddef>
#include <deque>
#include <string_view>
#include <unordered_map>

#include "cnnselect/time.h"

namespace cnnselect {

class FairShare {
 public:
  static constexpr std::size_t kKept = 256;
  static constexpr std::size_t kOfFew = 4;
  /// This many are taken from anybody, however few others there are.
  static constexpr std::size_t kAlways = 8;
  static constexpr Duration kCountsFor = std::chrono::minutes(10);

  /// Whether a contribution of `who` is taken. If so, it counts. `now` goes back by no more than
  /// threads differ.
  bool take(std::string_view who, TimePoint now);

 private:
  struct Contribution {
    std::size_t who;  ///< a hash
    TimePoint when;
  };
  void forget_oldest();

  std::deque<Contribution> latest_;  ///< the oldest first
  std::unordered_map<std::size_t, std::size_t> counts_;
};

}  // namespace cnnselect
