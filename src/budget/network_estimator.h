// NetworkEstimator: what the way back takes, learnt from what clients report of their earlier
// answers. A client that has reported a few is estimated by itself (client_ways.h). The others are
// estimated by their class of networks ("wifi", "lte", as clients name them). Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "budget/client_ways.h"
#include "budget/fair_share.h"
#include "budget/way_back.h"

namespace cnnselect {

class NetworkEstimator {
 public:
  /// Learners kept, one per class. Clients choose the names, but must not choose the memory used.
  /// Further classes share one learner.
  static constexpr std::size_t kMaxClasses = 64;

  /// Who asks. `client` is any text that is the same for all requests of one client and for no
  /// other; empty: not known. `key`: the name of its API key, if it needs one. `now` goes back by
  /// no more than threads differ.
  struct Source {
    std::string_view network_class;
    std::string_view client;
    std::string_view key;
    TimePoint now;
  };

  /// What one request teaches its class.
  struct Lesson {
    std::string network_class;
    std::string host;  ///< the client without its port: a host has many connections
    std::string key;   ///< empty where none is needed
    Duration input{};
    Duration output{};
    WayBackLearner::When when;
  };

  /// One earlier request of this client: both ways, >= 0. It is believed of this client at once,
  /// and of nobody else before learn().
  Lesson add(const Source& source, Duration input, Duration output) CNNSELECT_EXCLUDES(mutex_);
  /// For all clients of the class, once the request that told it was answered: a request that is
  /// refused teaches nothing. No host and no key has more than its share (fair_share.h).
  void learn(const Lesson& lesson) CNNSELECT_EXCLUDES(mutex_);

  /// Equally likely values of the way back, ascending, for a way here of `input`. None if nothing
  /// was learnt for client or class.
  std::vector<Duration> way_back(const Source& source, Duration input) const
      CNNSELECT_EXCLUDES(mutex_);

 private:
  struct NetworkClass {
    WayBackLearner ways;
    FairShare hosts;
    FairShare keys;
  };

  NetworkClass& class_of(std::string_view name) CNNSELECT_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::map<std::string, NetworkClass, std::less<>> classes_ CNNSELECT_GUARDED_BY(mutex_);
  ClientWays clients_ CNNSELECT_GUARDED_BY(mutex_);
  NetworkClass others_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
