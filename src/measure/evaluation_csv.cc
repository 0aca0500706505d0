#include "measure/evaluation_csv.h"

#include <vector>

#include "base/csv.h"

namespace cnnselect {
namespace {

constexpr Duration TimeSummary::* kTimes[] = {&TimeSummary::mean, &TimeSummary::deviation,
                                              &TimeSummary::p50,  &TimeSummary::p90,
                                              &TimeSummary::p95,  &TimeSummary::p99};

void add_times(const std::optional<TimeSummary>& summary, std::vector<std::string>& cells) {
  for (const auto time : kTimes) {
    cells.push_back(summary ? csv_number(to_ms(*summary.*time)) : "");
  }
}

}  // namespace

std::string evaluation_csv(std::span<const EvaluatedModel> models) {
  std::string csv =
      "model,top1,top5,mean_ms,std_ms,p50_ms,p90_ms,p95_ms,p99_ms,cold_mean_ms,cold_std_ms,"
      "cold_p50_ms,cold_p90_ms,cold_p95_ms,cold_p99_ms,bytes\n";
  for (const EvaluatedModel& model : models) {
    std::vector<std::string> cells = {model.name, csv_number(model.evaluation.top1.value),
                                      csv_number(model.evaluation.top5.value)};
    add_times(model.evaluation.hot, cells);
    add_times(model.cold, cells);
    cells.push_back(model.bytes ? std::to_string(*model.bytes) : "");
    csv += csv_line(cells);
  }
  return csv;
}

}  // namespace cnnselect
