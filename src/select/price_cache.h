// PriceCache: curves that were asked for lately. A curve takes some 15 us, a decision shall take
// one, and what a curve depends on changes slowly: so questions are rounded, and equal ones share a
// curve. What is found depends on the question alone, never on what was asked before. Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "base/mutex.h"
#include "select/price_curve.h"

namespace cnnselect {

/// The same question in round numbers: times, rates and clients within 3.2 %, deviations within 13
/// %, gains within 0.002.
PriceQuestion rounded(PriceQuestion question);

class PriceCache {
 public:
  /// Curves kept, about a kilobyte each. Each question may lie in one shelf's places; where these
  /// are taken, one gives way.
  static constexpr std::size_t kShelves = 128;
  static constexpr std::size_t kPlaces = 4;

  PriceCache() : shelves_(kShelves) {}

  /// The curve of the rounded question. Allocates nothing.
  PriceCurve curve(const PriceQuestion& question) const CNNSELECT_EXCLUDES(mutex_);

 private:
  struct Place {
    PriceQuestion question;
    PriceCurve curve;
  };
  struct Shelf {
    std::array<Place, kPlaces> places;
    std::size_t next = 0;  // to give way
  };

  mutable Mutex mutex_;
  mutable std::vector<Shelf> shelves_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
