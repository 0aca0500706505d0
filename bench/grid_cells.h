// The cells of bench/grid_bench: a server, its family, its clients and their network, drawn at
// random from a grid that is wider than any one use. Pure but for the Rng.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cnnselect/rng.h"
#include "cnnselect/time.h"
#include "model/profile_table.h"

namespace cnnselect {

struct GridFamily {
  std::string name;
  std::vector<ProfileRow> rows;
};

/// "table5", "embedded", "imagenet9" (nine ImageNet networks of 4 to 50 ms), or "randomN": 2 to 40
/// models over 0.3 to 3 decades of time, slower ones mostly but not always better, made from N.
GridFamily grid_family(const std::string& name);

struct GridNetwork {
  const char* name;
  const char* law;  // of one way, ms
  double round_trip_ms;
};

struct GridCell {
  GridFamily family;
  int workers = 1;
  double share = 0;        ///< of the capacity
  bool of_fastest = true;  ///< whose capacity: the fastest model's, or of the best that fits
  GridNetwork network{};
  std::string arrivals;    ///< as Arrivals::parse takes them
  std::uint64_t seed = 1;  ///< of its requests
  Duration sla{};          ///< the network's mean round trip, and 1.2 x fastest .. 3 x slowest
  double rate = 0;         ///< per second; of no meaning in a closed loop

  bool closed() const { return arrivals.starts_with("closed"); }
};

struct GridOptions {
  std::vector<int> workers{1, 2, 4, 8, 32};
  std::uint64_t families = 0;  ///< which 40 of the random families; they take most cells
  // Nothing: any.
  std::string arrivals;  ///< "poisson", "gamma(4)" or "closed"
  std::string network;   ///< "none", "campus" or "LTE"
  std::string family;
};

GridCell draw_cell(const GridOptions& options, Rng& rng);

}  // namespace cnnselect
