#include "sim/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/random/normal_distribution.hpp>

namespace cnnselect {
namespace {

// Nobody waits longer; and clocks count nanoseconds in 64 bits.
constexpr Duration kLongestWayBack = std::chrono::hours(1);

}  // namespace

Result<WayBackTime> parse_way_back_time(std::string_view text) {
  if (text == "at-departure") return WayBackTime::kAtDeparture;
  if (text == "at-arrival") return WayBackTime::kAtArrival;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}'; allowed: at-departure, at-arrival", text));
}

Workload::Workload(const ModelSet& models, const Network& network, const Arrivals& arrivals,
                   const WorkloadOptions& options)
    : models_(models.size()),
      clients_(arrivals.clients()),
      device_(options.device),
      download_bytes_(options.download_bytes) {
  // A stream of its own for each kind of chance: another number of models draws the same network.
  Rng seeds(options.seed);
  Rng arrival_rng(seeds());
  Rng network_rng(seeds());
  Rng execution_rng(seeds());
  Rng warm_up_rng(seeds());
  Rng device_rng(seeds());
  Rng told_rng(seeds());
  DriftingWorld world(options.drift, models.size(), network);
  requests_.reserve(options.requests);
  executions_.reserve(options.requests * models_);
  for (const Duration sent : arrivals.draw(options.requests, arrival_rng)) {
    world.advance(sent);
    requests_.push_back({.sent = sent,
                         .network = world.network().draw(sent, options.upload_bytes,
                                                         options.download_bytes, network_rng)});
    for (std::size_t m = 0; m < models_; ++m) {
      const Duration usual = draw_execution(models.models()[m], execution_rng);
      executions_.push_back(world.slowed(m, usual));
    }
    if (device_) own_executions_.push_back(draw_execution(*device_, device_rng));
    if (options.way_back == WayBackTime::kAtDeparture) remember(world.network());
  }
  if (std::ranges::none_of(networks_, &Network::recorded)) {
    networks_.clear();
    network_of_.clear();
  }
  for (const SimulatedModel& model : models.models()) {
    for (std::size_t i = 0; i < kWarmUpRuns; ++i) {
      warm_up_.push_back(draw_execution(model, warm_up_rng));
    }
  }
  draw_what_is_told(options.clients, told_rng);
}

/// The network that the next request meets.
void Workload::remember(const Network& network) {
  if (networks_.empty() || networks_.back().text() != network.text()) networks_.push_back(network);
  network_of_.push_back(networks_.size() - 1);
}

void Workload::draw_what_is_told(std::size_t clients, Rng& rng) {
  boost::random::normal_distribution<double> error_ns(0,
                                                      static_cast<double>(kInputDeviation.count()));
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    input_errors_.emplace_back(static_cast<Duration::rep>(error_ns(rng)));
    const double place = rng.uniform() * static_cast<double>(clients);
    senders_.push_back(static_cast<std::size_t>(place));
  }
}

Duration Workload::way_back(std::size_t request, Duration departs) const {
  const Duration drawn = requests_[request].network.output;
  if (networks_.empty()) return drawn;
  const auto met = networks_[network_of_[request]].way_back(departs, download_bytes_);
  return met ? std::min(*met, kLongestWayBack) : drawn;
}

Duration Workload::whole_time(std::size_t request, std::size_t model) const {
  const auto& [sent, network] = requests_[request];
  if (network.input == kForever || network.output == kForever) return kForever;
  const Duration here = network.input + execution(request, model);
  return here + way_back(request, sent + here);
}

std::optional<Workload> Workload::at_latest_departures(Duration sla) const {
  if (networks_.empty()) return std::nullopt;
  Workload latest = *this;
  latest.networks_.clear();
  latest.network_of_.clear();
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    const auto& [sent, network] = requests_[i];
    const Network& met = networks_[network_of_[i]];
    if (network.input > sla || !met.recorded()) continue;
    const auto departs = met.latest_departure(sent + network.input, sent + sla, download_bytes_);
    latest.requests_[i].network.output = departs ? sent + sla - *departs : kForever;
  }
  return latest;
}

}  // namespace cnnselect
