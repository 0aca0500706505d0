#include "engine/client_count.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <queue>
#include <vector>

#include "cnnselect/rng.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kOpening{1h};

double exponential(Rng& rng, double mean) { return -mean * std::log1p(-rng.uniform()); }
TimePoint at_second(double seconds) { return kOpening + from_ms(1e3 * seconds); }

/// First come, first served, by workers who take 10 ms on the average; tells a ClientCount.
class CountedQueue {
 public:
  static constexpr double kService = 0.010;

  CountedQueue(std::size_t workers, std::uint64_t seed) : free_(workers), rng_(seed) {}

  Rng& rng() { return rng_; }
  const ClientCount& count() const { return count_; }
  /// `at` does not go back. When it will have its answer.
  double serve(double at) {
    let_leave(at);
    count_.arrives(leaving_.size(), at_second(at));
    const auto worker = std::ranges::min_element(free_);
    *worker = std::max(*worker, at) + exponential(rng_, kService);
    leaving_.push(*worker);
    return *worker;
  }

 private:
  void let_leave(double until) {
    while (!leaving_.empty() && leaving_.top() <= until) {
      const double at = leaving_.top();
      leaving_.pop();
      count_.leaves(leaving_.size(), at_second(at));
    }
  }

  std::vector<double> free_;
  Rng rng_;
  ClientCount count_;
  std::priority_queue<double, std::vector<double>, std::greater<>> leaving_;
};

/// The share of arrivals, of 20,000, after which something was concluded.
double concluded_where_nobody_waits(std::size_t workers, double load, std::uint64_t seed) {
  constexpr int kRequests = 20'000;
  CountedQueue queue(workers, seed);
  double now = 0;
  int concluded = 0;
  for (int i = 0; i < kRequests; ++i) {
    const double gap = CountedQueue::kService / (load * static_cast<double>(workers));
    queue.serve(now += exponential(queue.rng(), gap));
    if (!std::isinf(queue.count().clients())) ++concluded;
  }
  return static_cast<double>(concluded) / kRequests;
}

/// The mean of what is found, over the second half of so many requests of a closed loop; each
/// client thinks for `think` seconds on the average.
double found_clients(std::size_t clients, std::size_t workers, double think, std::uint64_t seed) {
  constexpr int kRequests = 20'000;
  CountedQueue queue(workers, seed);
  std::priority_queue<double, std::vector<double>, std::greater<>> asking;
  for (std::size_t i = 0; i < clients; ++i) asking.push(exponential(queue.rng(), think + 0.001));
  double sum = 0;
  for (int i = 0; i < kRequests; ++i) {
    const double at = asking.top();
    asking.pop();
    asking.push(queue.serve(at) + exponential(queue.rng(), think));
    if (i >= kRequests / 2) sum += queue.count().clients();
  }
  return sum / (kRequests / 2);
}

TEST(ClientCount, KnowsNothingBeforeTheFirst) { EXPECT_TRUE(std::isinf(ClientCount().clients())); }

TEST(ClientCount, ConcludesNothingWhereRequestsComeWhateverIsAnswered) {
  for (const std::size_t workers : {1U, 2U, 8U}) {
    for (const double load : {0.1, 0.3, 0.5, 0.7, 0.9, 0.95}) {
      EXPECT_LE(concluded_where_nobody_waits(workers, load, 1), 0.01)
          << workers << " workers, load " << load;
    }
  }
}

TEST(ClientCount, FindsTheClientsWhoWaitForTheirAnswers) {
  for (const std::size_t clients : {1U, 2U, 5U, 20U}) {
    for (const std::size_t workers : {1U, 2U}) {
      const double count = static_cast<double>(clients);
      EXPECT_NEAR(found_clients(clients, workers, 0.001, 1), count, 0.2 * count)
          << workers << " workers";
    }
  }
}

TEST(ClientCount, FindsThemWhoThinkForLong) {
  for (const std::size_t clients : {1U, 2U, 5U, 20U}) {
    const double count = static_cast<double>(clients);
    EXPECT_NEAR(found_clients(clients, 1, 0.020, 1), count, 0.2 * count);
  }
}

TEST(ClientCount, OfAClientThatIsNeverAwayIsOne) {
  ClientCount count;
  for (int i = 0; i < 100; ++i) {
    count.arrives(0, kOpening + i * 10ms);
    count.leaves(0, kOpening + i * 10ms + 9ms);
  }
  EXPECT_NEAR(count.clients(), 1, 1e-6);
}

}  // namespace
}  // namespace cnnselect
