#include "service/key_metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>
#include <vector>

namespace cnnselect {
namespace {

prometheus::ClientMetric counted(std::vector<prometheus::ClientMetric::Label> labels,
                                 std::uint64_t count) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = static_cast<double>(count);
  return metric;
}

}  // namespace

std::string key_metrics(const KeyRing& keys) {
  prometheus::MetricFamily calls{"cnnselect_key_requests_total",
                                 "Requests by API key and by whether it let them in",
                                 prometheus::MetricType::Counter,
                                 {}};
  prometheus::MetricFamily under_way{"cnnselect_key_requests_under_way",
                                     "Requests of an API key that have no answer yet",
                                     prometheus::MetricType::Gauge,
                                     {}};
  for (const auto& [name, counts] : keys.counts()) {
    calls.metric.push_back(counted({{"key", name}, {"outcome", "admitted"}}, counts.admitted));
    calls.metric.push_back(counted({{"key", name}, {"outcome", "too_fast"}}, counts.too_fast));
    calls.metric.push_back(counted({{"key", name}, {"outcome", "too_many"}}, counts.too_many));
    prometheus::ClientMetric now;
    now.label = {{"key", name}};
    now.gauge.value = static_cast<double>(counts.under_way);
    under_way.metric.push_back(std::move(now));
  }
  calls.metric.push_back(counted({{"key", ""}, {"outcome", "unknown"}}, keys.unknown()));
  return prometheus::TextSerializer().Serialize({calls, under_way});
}

}  // namespace cnnselect
