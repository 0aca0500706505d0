#include "service/idle_metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>

namespace cnnselect {

std::string idle_metrics(const IdleMeasurer& measurer, const Catalog& catalog) {
  prometheus::MetricFamily runs{
      "cnnselect_idle_measurements_total",
      "Runs of a model in idle moments, for no request, by how they ended",
      prometheus::MetricType::Counter,
      {}};
  for (const CatalogModel& model : catalog.models()) {
    const auto add = [&](const char* end, std::uint64_t count) {
      prometheus::ClientMetric metric;
      metric.label = {{"family", catalog.family(model.family).name},
                      {"model", model.member.name},
                      {"end", end}};
      metric.counter.value = static_cast<double>(count);
      runs.metric.push_back(std::move(metric));
    };
    const IdleMeasurer::Counts counts = measurer.counts(model.id);
    add("undisturbed", counts.undisturbed);
    add("disturbed", counts.disturbed);
    add("stopped", counts.stopped);
  }
  return prometheus::TextSerializer().Serialize({runs});
}

}  // namespace cnnselect
