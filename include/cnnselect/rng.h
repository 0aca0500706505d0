// The only source of randomness. It is seeded and injected, and gives the same numbers on every
// machine.
//
// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): 64 bits of state, one multiply chain per draw.
// Any seed is a good one. It is a UniformRandomBitGenerator, so the standard distributions take it.
// Not thread-safe: use one Rng per thread or per simulated world. Not for secrets.
#pragma once

#include <cstdint>
#include <limits>

namespace cnnselect {

class Rng {
 public:
  using result_type = std::uint64_t;

  explicit constexpr Rng(std::uint64_t seed) : state_(seed) {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  constexpr result_type operator()() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }

  /// Uniform in [0, 1), 53 random bits.
  constexpr double uniform() { return static_cast<double>((*this)() >> 11U) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace cnnselect
