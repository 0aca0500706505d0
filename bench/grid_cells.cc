#include "grid_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace cnnselect {
namespace {

constexpr std::array kShares = {0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95};
constexpr std::array kNetworks = {
    GridNetwork{.name = "none", .law = "constant(0.001)", .round_trip_ms = 0},
    GridNetwork{.name = "campus", .law = "normal(57.87,30.79)", .round_trip_ms = 2 * 57.87},
    GridNetwork{.name = "LTE", .law = "normal(364.66,170.59)", .round_trip_ms = 2 * 364.66}};
constexpr std::size_t kRandomFamilies = 40;

ProfileRow row_of(std::string name, double accuracy, double mean_ms, double deviation_ms) {
  ProfileRow row;
  row.model = std::move(name);
  row.top1 = accuracy;
  row.mean = from_ms(mean_ms);
  row.deviation = from_ms(deviation_ms);
  return row;
}

std::vector<ProfileRow> random_rows(std::uint64_t seed) {
  Rng rng(seed * 7919 + 13);
  const auto count = static_cast<std::size_t>(2 * std::pow(20.0, rng.uniform()) + 0.5);
  const double decades = 0.3 + 2.7 * rng.uniform();
  const double fastest_ms = std::pow(10.0, 2 * rng.uniform() - (decades > 2 ? 0.5 : 0.0));
  const double worst = 0.1 + 0.6 * rng.uniform();
  const double range = (0.99 - worst) * (0.3 + 0.7 * rng.uniform());
  const double bend = 0.3 + 1.2 * rng.uniform();
  const double scatter = 0.15 * rng.uniform();
  const double variation = std::pow(10.0, -2 + 1.5 * rng.uniform());
  std::vector<ProfileRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    double place = rng.uniform();
    if (i == 0) place = 0;
    if (i + 1 == count) place = 1;
    const double mean = fastest_ms * std::pow(10.0, decades * place);
    const double accuracy =
        worst + range * (std::pow(place, bend) + scatter * (2 * rng.uniform() - 1));
    rows.push_back(row_of(fmt::format("m{}", i), std::clamp(accuracy, 0.01, 0.999), mean,
                          mean * variation * (0.5 + rng.uniform())));
  }
  return rows;
}

/// What a model of the cell's must take to be in time without a network, ms.
struct Times {
  double fastest = std::numeric_limits<double>::infinity();
  double slowest = 0;
};

Times times_of(const GridFamily& family) {
  Times times;
  for (const ProfileRow& row : family.rows) {
    times.fastest = std::min(times.fastest, to_ms(*row.mean));
    times.slowest = std::max(times.slowest, to_ms(*row.mean));
  }
  return times;
}

/// The mean time of the model whose capacity the load is a share of, ms.
double basis(const GridCell& cell, double own_ms, double fastest_ms) {
  if (cell.of_fastest) return fastest_ms;
  const ProfileRow* best = nullptr;
  for (const ProfileRow& row : cell.family.rows) {
    if (to_ms(*row.mean) + to_ms(*row.deviation) > own_ms) continue;
    if (best == nullptr || *row.top1 > *best->top1) best = &row;
  }
  return best == nullptr ? fastest_ms : to_ms(*best->mean);
}

std::size_t any(std::size_t count, Rng& rng) {
  return static_cast<std::size_t>(rng.uniform() * static_cast<double>(count));
}

std::string any_arrivals(const std::string& only, int workers, Rng& rng) {
  const auto c = static_cast<std::size_t>(workers);
  const std::array clients = {std::size_t{1}, c, c + 1, 2 * c, 4 * c, 8 * c};
  const std::size_t many = clients[any(clients.size(), rng)];
  const std::array<std::string, 3> kinds = {"poisson", "gamma(4)", "closed"};
  const std::string kind = kinds[any(kinds.size(), rng)];
  const std::string& wanted = only.empty() ? kind : only;
  return wanted == "closed" ? fmt::format("closed({})", many) : wanted;
}

}  // namespace

GridFamily grid_family(const std::string& name) {
  if (name == "table5") {  // Ogden & Guo, Table 5
    return {
        name,
        {row_of("SqueezeNet", .490, 28.61, 1.13), row_of("MobileNetV1_0.25", .497, 25.73, 1.22),
         row_of("MobileNetV1_0.5", .632, 26.34, 1.19), row_of("DenseNet", .642, 49.55, 3.21),
         row_of("MobileNetV1_0.75", .683, 28.02, 1.14),
         row_of("MobileNetV1_1.0", .718, 28.15, 1.22), row_of("NasNet_Mobile", .739, 55.31, 4.09),
         row_of("InceptionResNetV2", .775, 76.3, 5.74), row_of("InceptionV3", .779, 55.75, 1.2),
         row_of("InceptionV4", .801, 82.78, .89), row_of("NasNet_Large", .826, 112.61, 6.09)}};
  }
  if (name == "embedded") {  // as docs/benchmarks/models.md has it
    return {
        name,
        {row_of("mobilenet_025_32", .516, .11, .02), row_of("mobilenet_025_48", .6785, .14, .02),
         row_of("mobilenet_025_64", .7695, .15, .02), row_of("mobilenet_050_96", .8875, .67, .1),
         row_of("resnet_32_64", .904, .6, .1), row_of("resnet_32_96", .9795, 1.24, .2),
         row_of("resnet_64_192", .991, 17.7, 1)}};
  }
  if (name == "imagenet9") {
    return {name,
            {row_of("a", .575, 4, .2), row_of("b", .605, 6, .3), row_of("c", .675, 8, .4),
             row_of("d", .698, 11, .5), row_of("e", .718, 14, .7), row_of("f", .745, 20, 1),
             row_of("g", .761, 27, 1.3), row_of("h", .774, 36, 2), row_of("i", .785, 50, 2.5)}};
  }
  std::uint64_t seed = 0;
  constexpr std::string_view kRandom = "random";
  if (name.starts_with(kRandom)) {
    std::from_chars(name.data() + kRandom.size(), name.data() + name.size(), seed);
  }
  return {name, random_rows(seed)};
}

GridCell draw_cell(const GridOptions& options, Rng& rng) {
  GridCell cell;
  const std::array<std::string, 6> known = {"table5",   "table5",    "embedded",
                                            "embedded", "imagenet9", "imagenet9"};
  const std::size_t which = any(known.size() + kRandomFamilies, rng);
  const std::string name =
      which < known.size()
          ? known[which]
          : fmt::format("random{}", options.families * 1000 + which - known.size());
  cell.family = grid_family(options.family.empty() ? name : options.family);
  cell.workers = options.workers[any(options.workers.size(), rng)];
  cell.share = kShares[any(kShares.size(), rng)];
  cell.of_fastest = any(2, rng) == 0;
  const double place = rng.uniform();
  cell.network = kNetworks[any(kNetworks.size(), rng)];
  for (const GridNetwork& network : kNetworks) {
    if (network.name == options.network) cell.network = network;
  }
  cell.arrivals = any_arrivals(options.arrivals, cell.workers, rng);
  cell.seed = rng();

  const Times times = times_of(cell.family);
  const double least = 1.2 * times.fastest;
  const double own_ms = least * std::pow(3 * times.slowest / least, place);
  cell.sla = from_ms(own_ms + cell.network.round_trip_ms);
  cell.rate = std::clamp(cell.share * cell.workers * 1'000 / basis(cell, own_ms, times.fastest),
                         0.001, 1e6);
  return cell;
}

}  // namespace cnnselect
