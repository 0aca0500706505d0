#include "sim/workload.h"

namespace cnnselect {

Workload::Workload(const ModelSet& models, const Network& network, const Arrivals& arrivals,
                   const WorkloadOptions& options)
    : models_(models.size()), clients_(arrivals.clients()), device_(options.device) {
  // A stream of its own for each kind of chance: another number of models draws the same network.
  Rng seeds(options.seed);
  Rng arrival_rng(seeds());
  Rng network_rng(seeds());
  Rng execution_rng(seeds());
  Rng warm_up_rng(seeds());
  Rng device_rng(seeds());
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
  }
  for (const SimulatedModel& model : models.models()) {
    for (std::size_t i = 0; i < kWarmUpRuns; ++i) {
      warm_up_.push_back(draw_execution(model, warm_up_rng));
    }
  }
}

}  // namespace cnnselect
