#include "select/price_cache.h"

#include <bit>
#include <boost/container_hash/hash.hpp>
#include <cmath>
#include <cstdint>

namespace cnnselect {
namespace {

/// To `bits` binary digits after the first.
double to_bits(double value, int bits) {
  if (!(std::abs(value) > 0) || std::isinf(value)) return value;
  const auto dropped = static_cast<unsigned>(52 - bits);
  const std::uint64_t half = std::uint64_t{1} << (dropped - 1);
  return std::bit_cast<double>((std::bit_cast<std::uint64_t>(value) + half) >> dropped << dropped);
}

constexpr int kFine = 4;
constexpr int kCoarse = 2;
constexpr double kGains = 256;  // steps of a gain

std::size_t hash(const PriceQuestion& question) {
  std::size_t seed = question.count;
  for (const PricedModel& model : question.priced()) {
    boost::hash_combine(seed, model.mean);
    boost::hash_combine(seed, model.gain);
    boost::hash_combine(seed, model.deviation);
  }
  for (const double value : {question.workers, question.rate, question.slack, question.clients,
                             question.undone, question.undone_time}) {
    boost::hash_combine(seed, value);
  }
  return seed;
}

}  // namespace

PriceQuestion rounded(PriceQuestion question) {
  for (std::size_t m = 0; m < question.count; ++m) {
    PricedModel& model = question.models[m];
    model.mean = to_bits(model.mean, kFine);
    model.gain = std::round(model.gain * kGains) / kGains;
    model.deviation = to_bits(model.deviation, kCoarse);
  }
  question.rate = to_bits(question.rate, kFine);
  question.slack = to_bits(question.slack, kFine);
  question.clients = to_bits(question.clients, kFine);
  question.undone = std::round(question.undone * kGains) / kGains;
  question.undone_time = to_bits(question.undone_time, kFine);
  return question;
}

PriceCurve PriceCache::curve(const PriceQuestion& question) const {
  const PriceQuestion asked = rounded(question);
  const std::size_t at = hash(asked) % kShelves;
  {
    const MutexLock lock(mutex_);
    for (const Place& kept : shelves_[at].places) {
      if (kept.question == asked) return kept.curve;
    }
  }
  const PriceCurve made(asked);
  const MutexLock lock(mutex_);
  Shelf& shelf = shelves_[at];
  shelf.places[shelf.next++ % kPlaces] = {.question = asked, .curve = made};
  return made;
}

}  // namespace cnnselect
