// Drift: what changes while a simulation runs. Models slow down or recover, the network changes.
//
//   [[change]]
//   at_ms = 30000                # from this moment on, by the time a request is sent
//   slowdown = 2                 # times the profile's, until the next change; 1: as it was
//   model = "InceptionV3"        # absent: every model
//   network = "normal(100,50)"   # as --network takes it
//
// A neighbour that steals processor time for a while is a slowdown and, later, one of 1.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "sim/model_set.h"
#include "trace/network.h"

namespace cnnselect {

struct Change {
  Duration at{};                     ///< since the beginning
  std::optional<double> slowdown;    ///< [0.01, 100]; nothing: it stays
  std::optional<std::size_t> model;  ///< index into the ModelSet; nothing: every model
  std::optional<Network> network;    ///< nothing: it stays
};

/// In the order of time. Values.
struct Drift {
  std::vector<Change> changes;
};

/// Errors name source, line and column, and what is allowed. `correlation` is that of the networks.
Result<Drift> parse_drift(std::string_view text, std::string_view source, const ModelSet& models,
                          double correlation);
/// Errors also: kNotFound, kTooLarge, kInternal.
Result<Drift> load_drift(const std::filesystem::path& file, const ModelSet& models,
                         double correlation);

/// The world as its changes have made it at one moment. All arguments outlive it.
class DriftingWorld {
 public:
  DriftingWorld(const Drift& drift, std::size_t models, const Network& network)
      : next_(drift.changes.begin()),
        end_(drift.changes.end()),
        slowdowns_(models, 1.0),
        network_(&network) {}

  /// Applies what happens until `now`, which never goes back.
  void advance(Duration now);

  /// What takes the model `usual` without drift takes it now.
  Duration slowed(std::size_t model, Duration usual) const;
  const Network& network() const { return *network_; }

 private:
  std::vector<Change>::const_iterator next_;
  std::vector<Change>::const_iterator end_;
  std::vector<double> slowdowns_;
  const Network* network_;
};

}  // namespace cnnselect
