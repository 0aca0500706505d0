#include "sim/burst_bound.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/priced_choices.h"

namespace cnnselect {
namespace {

constexpr double kMostWindows = 4096;
// Choices of requests that the search may price, over all its steps.
constexpr double kMostTried = 1e8;

/// Steps of the search: with its last windows, and with those before.
struct Effort {
  int last = 40;
  int each = 15;
};

Effort effort_for(const PricedChoices& choices, int halvings) {
  Effort effort;
  const double tried =
      static_cast<double>(choices.size()) * (effort.last + effort.each * (halvings - 1));
  const double share = std::min(1.0, kMostTried / tried);
  return {.last = std::max(10, static_cast<int>(effort.last * share)),
          .each = std::max(2, static_cast<int>(effort.each * share))};
}

/// Prices in windows of one width from time zero on, and their integral.
class WindowPrices {
 public:
  WindowPrices(double span, std::vector<double> prices)
      : width_(span / static_cast<double>(prices.size())),
        prices_(std::move(prices)),
        before_(prices_.size() + 1) {
    for (std::size_t i = 0; i < prices_.size(); ++i) {
      before_[i + 1] = before_[i] + prices_[i] * width_;
    }
  }

  std::size_t window(double time) const {
    return std::min(static_cast<std::size_t>(time / width_), prices_.size() - 1);
  }
  double edge(std::size_t window) const { return width_ * static_cast<double>(window); }
  double width() const { return width_; }
  double all() const { return before_.back(); }
  double price_of(double begin, double end) const { return until(end) - until(begin); }

 private:
  double until(double time) const {
    const std::size_t at = window(time);
    return before_[at] + (time - edge(at)) * prices_[at];
  }

  double width_;
  std::vector<double> prices_;
  std::vector<double> before_;  // integral up to each window's beginning
};

struct CheapestStart {
  double start;
  double price;
};

/// Among all the moments at which the price of `seconds` has a corner.
CheapestStart cheapest_start(const WindowPrices& prices, const PricedRequest& request,
                             double seconds) {
  const double last = std::max(request.arrival, request.deadline - seconds);
  CheapestStart best{.start = request.arrival,
                     .price = prices.price_of(request.arrival, request.arrival + seconds)};
  const auto consider = [&](double start) {
    if (start <= request.arrival || start > last) return;
    const double price = prices.price_of(start, start + seconds);
    if (price < best.price) best = {.start = start, .price = price};
  };
  for (std::size_t w = prices.window(request.arrival) + 1; prices.edge(w) < request.deadline; ++w) {
    consider(prices.edge(w));
    consider(prices.edge(w) - seconds);
  }
  consider(last);
  return best;
}

/// The bound's sum at `prices`; `used`: worker seconds wanted in each window.
double bound_at(const PricedChoices& choices, const WindowPrices& prices, int workers,
                std::vector<double>& used) {
  std::ranges::fill(used, 0);
  double sum = workers * prices.all();
  for (const PricedRequest& request : choices.requests()) {
    double best = request.own;
    double begin = 0;
    double end = 0;
    const auto offered = choices.of(request);
    // The most accurate first: one that is not above the best, even for nothing, ends it.
    for (std::size_t left = offered.size(); left > 0; --left) {
      const std::size_t i = left - 1;
      if (offered[i].accuracy <= best) break;
      const auto [start, price] = cheapest_start(prices, request, offered[i].seconds);
      if (offered[i].accuracy - price <= best) continue;
      best = offered[i].accuracy - price;
      begin = start;
      end = start + offered[i].seconds;
    }
    sum += best;
    for (std::size_t w = prices.window(begin); end > begin && w < used.size(); ++w) {
      const double until = w + 1 < used.size() ? std::min(end, prices.edge(w + 1)) : end;
      used[w] += std::max(0.0, until - std::max(begin, prices.edge(w)));
      if (until >= end) break;
    }
  }
  return sum;
}

/// Prices of windows, how far the next step moves each, and where the last one went.
struct PriceSearch {
  std::vector<double> prices;
  std::vector<double> steps;
  std::vector<int> signs;

  PriceSearch(std::vector<double> start, double step)
      : prices(std::move(start)), steps(prices.size(), step), signs(prices.size(), 0) {}

  void move(const std::vector<double>& used, double capacity) {
    constexpr double kGrow = 1.2;
    constexpr double kShrink = 0.5;
    for (std::size_t i = 0; i < prices.size(); ++i) {
      const int sign = used[i] > capacity ? 1 : -1;
      if (sign < 0 && prices[i] == 0) continue;
      if (signs[i] != 0) steps[i] *= sign == signs[i] ? kGrow : kShrink;
      signs[i] = sign;
      prices[i] = std::max(0.0, prices[i] + sign * steps[i]);
    }
  }
};

struct FoundPrices {
  double bound;
  std::vector<double> prices;
};

/// `count` steps from `found`, with its windows.
FoundPrices improve(const PricedChoices& choices, int workers, FoundPrices found, double step,
                    int count) {
  PriceSearch search(found.prices, step);
  std::vector<double> used(found.prices.size());
  for (int i = 0; i < count; ++i) {
    const WindowPrices prices(choices.span(), search.prices);
    const double bound = bound_at(choices, prices, workers, used);
    if (bound < found.bound) found = {.bound = bound, .prices = search.prices};
    search.move(used, workers * prices.width());
  }
  return found;
}

/// What a second is worth on average if every request runs its fastest choice.
double usual_price(const PricedChoices& choices) {
  double accuracy = 0;
  double seconds = 0;
  for (const PricedRequest& request : choices.requests()) {
    if (request.begin == request.end) continue;
    accuracy += choices.of(request).front().accuracy;
    seconds += choices.of(request).front().seconds;
  }
  return seconds > 0 ? accuracy / seconds : 0;
}

/// How often to halve the run (seconds) so that no window is shorter than half an SLA.
int halvings_for(double span, double sla) {
  const double most = std::min(span / (sla / 2), kMostWindows);
  return most < 2 ? 0 : static_cast<int>(std::log2(most));
}

std::vector<double> halved(const std::vector<double>& prices) {
  std::vector<double> twice;
  for (const double price : prices) twice.insert(twice.end(), 2, price);
  return twice;
}

}  // namespace

double burst_bound(const ModelSet& models, const Workload& workload, Duration sla, int workers) {
  const PricedChoices choices(models, workload, sla);
  if (choices.requests().empty()) return 0;
  const OnePrice one = best_one_price(choices, workers);
  FoundPrices found{.bound = one.bound, .prices = {one.price}};
  const int halvings = choices.size() > 0 ? halvings_for(choices.span(), to_seconds(sla)) : 0;
  const Effort effort = effort_for(choices, halvings);
  const double step = usual_price(choices) / 15;
  for (int i = 1; i <= halvings; ++i) {
    found.prices = halved(found.prices);
    const int steps = i == halvings ? effort.last : effort.each;
    found = improve(choices, workers, std::move(found), step, steps);
  }
  return found.bound / static_cast<double>(choices.requests().size());
}

}  // namespace cnnselect
