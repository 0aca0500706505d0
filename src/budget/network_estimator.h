// NetworkEstimator: what the way back takes on each class of networks ("wifi", "lte", as clients
// name them), learnt from what clients tell of their earlier answers. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "budget/way_back.h"

namespace cnnselect {

class NetworkEstimator {
 public:
  /// Learners kept, one per class: clients choose the names, and may not choose the memory used.
  /// Classes beyond it share one.
  static constexpr std::size_t kMaxClasses = 64;

  /// One earlier request of a client on a network of this class: both ways, >= 0.
  void add(std::string_view network_class, Duration input, Duration output)
      CNNSELECT_EXCLUDES(mutex_);

  /// Equally likely values of the way back, ascending, for a way here of `input`; none when nothing
  /// was learnt for the class.
  std::vector<Duration> way_back(std::string_view network_class, Duration input) const
      CNNSELECT_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::map<std::string, WayBackLearner, std::less<>> classes_ CNNSELECT_GUARDED_BY(mutex_);
  WayBackLearner others_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
