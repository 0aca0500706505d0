#include "budget/client_ways.h"

namespace cnnselect {

void ClientWays::add(std::string_view client, std::string_view network_class, Duration input,
                     Duration output, const WayBackLearner& of_class, TimePoint now) {
  const auto known = by_name_.find(client);
  if (known != by_name_.end()) {
    const auto place = known->second;
    if (place->network_class == network_class && now - place->told <= kForgetAfter) {
      by_age_.splice(by_age_.begin(), by_age_, place);
      place->ways.add(input, output);
      place->told = now;
      return;
    }
    by_name_.erase(known);
    by_age_.erase(place);
  } else if (by_age_.size() == kMaxClients) {
    by_name_.erase(by_age_.back().name);
    by_age_.pop_back();
  }
  by_age_.push_front({.name = std::string(client),
                      .network_class = std::string(network_class),
                      .ways = WayBackLearner(kMemory, of_class),
                      .told = now});
  by_name_.emplace(by_age_.front().name, by_age_.begin());
  by_age_.front().ways.add(input, output);
}

std::optional<TimePoint> ClientWays::told(std::string_view client) const {
  const auto known = by_name_.find(client);
  if (known == by_name_.end()) return std::nullopt;
  return known->second->told;
}

bool ClientWays::estimate(std::string_view client, std::string_view network_class, Duration input,
                          TimePoint now, std::vector<Duration>& values) const {
  const auto known = by_name_.find(client);
  if (known == by_name_.end()) return false;
  const Client& found = *known->second;
  if (found.ways.size() < kEnough || found.network_class != network_class) return false;
  if (now - found.told > kForgetAfter) return false;
  found.ways.estimate(input, values);
  return true;
}

}  // namespace cnnselect
