#include "service/process_metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>
#include <vector>

namespace cnnselect {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily gauge_of(std::string name, std::string help, double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  return {std::move(name), std::move(help), MetricType::Gauge, {std::move(metric)}};
}

MetricFamily counter_of(std::string name, std::string help, double value) {
  ClientMetric metric;
  metric.counter.value = value;
  return {std::move(name), std::move(help), MetricType::Counter, {std::move(metric)}};
}

MetricFamily build_info(const BuildFacts& build) {
  MetricFamily info = gauge_of("cnnselect_build_info", "Which program this is; always 1", 1);
  info.metric.front().label = {
      {"version", build.version}, {"commit", build.commit}, {"compiler", build.compiler}};
  return info;
}

}  // namespace

std::string process_metrics(const BuildFacts& build, const ProcessStatus& process) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  return prometheus::TextSerializer().Serialize(
      {build_info(build),
       counter_of("process_cpu_seconds_total", "Processor time of all threads, in the kernel too",
                  process.cpu_seconds),
       gauge_of("process_open_fds", "Open files and connections", number(process.open_files)),
       gauge_of("process_max_fds", "How many may be open", number(process.max_files)),
       gauge_of("process_resident_memory_bytes", "Resident memory", number(process.resident_bytes)),
       gauge_of("process_virtual_memory_bytes", "Virtual memory", number(process.virtual_bytes)),
       gauge_of("process_threads", "Threads", number(process.threads)),
       gauge_of("process_start_time_seconds", "When the process began, Unix time",
                process.start_time)});
}

}  // namespace cnnselect
