// ClientWays: what the way back takes for each client that told of a few of its own, for clients
// that are not like the others of their network class: a slow phone, a far-away one.
//
// A client's learner has a short memory and begins with the trust that its class has in the
// guesses (way_back.h): how the two ways of such a network relate is known from all its clients,
// how long they take from the one. The clients remembered are bounded; who told nothing for longest
// is forgotten first. Pure: `now` comes in and never goes back. Not thread-safe.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "budget/way_back.h"
#include "cnnselect/time.h"

namespace cnnselect {

class ClientWays {
 public:
  static constexpr std::size_t kMemory = 32;  ///< requests remembered of each
  static constexpr std::size_t kEnough = 8;   ///< before a client is known
  /// Clients remembered, some 3 KB each.
  static constexpr std::size_t kMaxClients = 1024;
  /// After so long without a word a client may be somebody else, or somewhere else.
  static constexpr Duration kForgetAfter = std::chrono::minutes(10);

  /// One earlier request of `client`, both ways >= 0. A client that comes with another network
  /// class begins anew. `of_class`: the class's learner.
  void add(std::string_view client, std::string_view network_class, Duration input, Duration output,
           const WayBackLearner& of_class, TimePoint now);

  /// As WayBackLearner::estimate; false, and `values` is as it was, for a client that is not known,
  /// or not on a network of this class.
  bool estimate(std::string_view client, std::string_view network_class, Duration input,
                TimePoint now, std::vector<Duration>& values) const;

  /// When this client told last, which is when the request was here whose answer it tells of next
  /// if it has one at a time; nothing for one that is not remembered.
  std::optional<TimePoint> told(std::string_view client) const;

  std::size_t size() const { return by_age_.size(); }

 private:
  struct Client {
    std::string name;
    std::string network_class;
    WayBackLearner ways;
    TimePoint told;
  };

  std::list<Client> by_age_;  ///< who told last comes first
  std::unordered_map<std::string_view, std::list<Client>::iterator> by_name_;  ///< views of names
};

}  // namespace cnnselect
