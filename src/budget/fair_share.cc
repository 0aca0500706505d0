#include "budget/fair_share.h"

#include <algorithm>
#include <functional>

namespace cnnselect {

bool FairShare::take(std::string_view who, TimePoint now) {
  while (!latest_.empty() && now - latest_.front().when > kCountsFor) forget_oldest();
  const std::size_t key = std::hash<std::string_view>{}(who);
  const auto known = counts_.find(key);
  const std::size_t own = known == counts_.end() ? 0 : known->second;
  const std::size_t contributors = counts_.size() + (own == 0 ? 1 : 0);
  // Whoever has contributed least may always go on, so it never comes to a stop.
  if (own >= kAlways && own * std::min(contributors, kOfFew) > latest_.size()) return false;
  latest_.push_back({.who = key, .when = now});
  ++counts_[key];
  if (latest_.size() > kKept) forget_oldest();
  return true;
}

void FairShare::forget_oldest() {
  const auto oldest = counts_.find(latest_.front().who);
  latest_.pop_front();
  if (--oldest->second == 0) counts_.erase(oldest);
}

}  // namespace cnnselect
