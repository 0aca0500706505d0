// A decision allocates nothing: this program counts what operator new hands out.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include "select/registry.h"
#include "select/testing/table5.h"

namespace {
std::atomic<std::uint64_t> allocations = 0;
}

// Not inlined: GCC would see a delete turned into free() without the malloc() of its new, and warn.
// Every form that the standard library's own code uses, so that none meets another's delete.
[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace cnnselect {
namespace {

// One sweep of budgets, from long gone to without limit.
void sweep(const Selector& policy, const std::vector<Candidate>& models, const LoadView& load,
           std::vector<double>& probability) {
  Rng rng(1);
  for (int ms = -50; ms < 250; ++ms) {
    policy.select(
        {.candidates = models, .budget = budget_ms(ms, ms - 10), .sla = from_ms(ms), .load = load},
        rng, probability);
  }
  policy.select(
      {.candidates = models, .budget = {.soft = kForever, .hard = kForever}, .load = load}, rng,
      probability);
}

// How many allocations a sweep costs when the policy has seen it before.
std::uint64_t allocations_of(const Selector& policy, const LoadView& load) {
  const auto models = table5();
  std::vector<double> probability(models.size());
  sweep(policy, models, load, probability);
  const auto before = allocations.load();
  sweep(policy, models, load, probability);
  return allocations.load() - before;
}

TEST(Allocation, IsCountedHere) {
  const auto before = allocations.load();
  const std::vector<double> some(100, 1.0);
  EXPECT_EQ(allocations.load(), before + 1) << "else the tests below could not fail";
  EXPECT_EQ(some.size(), 100U);
}

TEST(Allocation, NoDecisionAllocates) {
  const LoadView load{
      .waiting = 5, .workers = 2, .arrivals_per_second = 30, .period_arrivals_per_second = 30};
  for (const auto name : selector_names()) {
    const auto policy = make_selector(name).value();
    EXPECT_EQ(allocations_of(*policy, {}), 0U) << name;
    EXPECT_EQ(allocations_of(*policy, load), 0U) << name;
  }
  EXPECT_EQ(allocations_of(*make_selector("cnnselect-frontier").value(), {}), 0U);
}

}  // namespace
}  // namespace cnnselect
