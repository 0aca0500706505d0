// PriceCache: the curves that were asked for lately. A curve takes some 15 us, and a decision
// should take 1 us. What a curve depends on changes slowly. So questions are rounded, and equal
// ones share a curve. The answer depends on the question alone, never on earlier questions.
// Thread-safe.
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
  /// Curves kept, about a kilobyte each. A question belongs to one shelf. When its places are
  /// taken, one curve gives way.
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
    std::size_t next = 0;  // gives way next
  };

  mutable Mutex mutex_;
  mutable std::vector<Shelf> shelves_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
