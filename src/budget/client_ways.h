// ClientWays: what the way back takes for each client that has reported a few of its own. It is for
// clients that are unlike the others of their network class: a slow phone, or one far away.
//
// A client's learner has a short memory. It begins with the trust that its class has in the guesses
// (way_back.h). So all clients of a network tell how its two ways relate, and the one client tells
// how long they take. The number of clients remembered is bounded. The client that has been silent
// for longest is forgotten first. Pure: `now` comes in and never goes back. Not thread-safe.
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
  static constexpr std::size_t kMemory = 32;  ///< requests remembered of each client
  static constexpr std::size_t kEnough = 8;   ///< requests before a client is known
  /// Clients remembered, some 3 KB each.
  static constexpr std::size_t kMaxClients = 1024;
  /// After a silence this long, a client may be somebody else, or somewhere else.
  static constexpr Duration kForgetAfter = std::chrono::minutes(10);

  /// One earlier request of `client`, both ways >= 0. A client that comes with another network
  /// class begins anew. `of_class` is the learner of the class.
  void add(std::string_view client, std::string_view network_class, Duration input, Duration output,
           const WayBackLearner& of_class, TimePoint now);

  /// As WayBackLearner::estimate(). Returns false, and leaves `values` alone, if the client is not
  /// known, or not on a network of this class.
  bool estimate(std::string_view client, std::string_view network_class, Duration input,
                TimePoint now, std::vector<Duration>& values) const;

  /// When this client reported last; nothing if it is not remembered. If it has one request at a
  /// time, this is when the request arrived whose answer it reports next.
  std::optional<TimePoint> told(std::string_view client) const;

  std::size_t size() const { return by_age_.size(); }

 private:
  struct Client {
    std::string name;
    std::string network_class;
    WayBackLearner ways;
    TimePoint told;
  };

  std::list<Client> by_age_;  ///< the client that reported last comes first
  std::unordered_map<std::string_view, std::list<Client>::iterator> by_name_;  ///< views of names
};

}  // namespace cnnselect
