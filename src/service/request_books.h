// RequestBooks: where the end of every request is written down: in the metrics, in the protocol's
// statistics, and in the request log if there is one. Thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "model/catalog.h"
#include "net/inference_api.h"
#include "service/metrics.h"
#include "service/request_log.h"
#include "service/request_plan.h"
#include "service/statistics_book.h"

namespace cnnselect {

/// What is known of a request whatever becomes of it. Refers to what the caller keeps.
struct RequestFacts {
  FamilyId family;
  std::string_view asked;  ///< the name in the request
  const RequestPlan& plan;
  const net::RequestHints& hints;
  std::size_t bytes = 0;
};

class RequestBooks {
 public:
  /// `log` may be null; all outlive the books.
  RequestBooks(const Catalog& catalog, Metrics& metrics, StatisticsBook& statistics,
               const Clock& clock, RequestLog* log)
      : catalog_(catalog), metrics_(metrics), statistics_(statistics), clock_(clock), log_(log) {}

  /// `in_time` as far as the server can tell; nothing without an SLA.
  void answered(const RequestFacts& facts, const Answer& answer, const StageTimes& times,
                std::optional<bool> in_time) const;
  void failed(const RequestFacts& facts, const Error& error) const;

 private:
  LoggedRequest logged(const RequestFacts& facts, std::string_view outcome) const;

  const Catalog& catalog_;
  Metrics& metrics_;
  StatisticsBook& statistics_;
  const Clock& clock_;
  RequestLog* const log_;
};

}  // namespace cnnselect
