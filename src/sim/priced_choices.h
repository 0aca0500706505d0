// What a bound lets each request of a workload choose among, and the least bound with one price of
// a worker's second for the whole run. For sim/bounds.h and sim/burst_bound.h. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sim/model_set.h"
#include "sim/workload.h"

namespace cnnselect {

/// An execution that can be in time.
struct PricedChoice {
  double accuracy;
  double seconds;
};

struct PricedRequest {
  double own;         ///< accuracy of the device's own network if that makes it, else 0
  double arrival;     ///< at the server, seconds since the first of them
  double deadline;    ///< when an execution must end
  std::size_t begin;  ///< of its choices
  std::size_t end;
};

class PricedChoices {
 public:
  /// Only what can be best at some price: of each request no choice is slower than another and not
  /// more accurate, nor less accurate than what costs nothing.
  PricedChoices(const ModelSet& models, const Workload& workload, Duration sla);

  std::span<const PricedRequest> requests() const { return requests_; }
  std::span<const PricedChoice> of(const PricedRequest& request) const {
    return std::span(choices_).subspan(request.begin, request.end - request.begin);
  }  ///< ascending in both
  std::size_t size() const { return choices_.size(); }
  /// From the first arrival to the last deadline of the requests with a choice; 0 without any.
  double span() const { return span_; }

 private:
  std::vector<PricedRequest> requests_;
  std::vector<PricedChoice> choices_;
  double span_ = 0;
};

struct OnePrice {
  double bound = 0;  ///< sum over the requests
  double price = 0;  ///< accuracy per second of a worker, >= 0
};

/// The price that makes the bound least when `workers` share the work.
OnePrice best_one_price(const PricedChoices& choices, int workers);

}  // namespace cnnselect
