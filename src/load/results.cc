#include "load/results.h"

#include <fmt/format.h>

#include <set>

#include "base/csv.h"
#include "report/milliseconds.h"
#include "report/table.h"

namespace cnnselect {
namespace {

using Align = Table::Align;

std::string usage_text(const LoadSummary& summary) {
  std::string text;
  for (const auto& [model, share] : summary.usage) {
    text += fmt::format("{}{} {:.0f} %", text.empty() ? "" : ", ", model, 100 * share);
  }
  return text;
}

std::set<std::string> models_of(const std::vector<LoadPoint>& points) {
  std::set<std::string> models;
  for (const LoadPoint& point : points) {
    for (const auto& [model, share] : point.summary.usage) models.insert(model);
  }
  return models;
}

}  // namespace

std::string load_table(const std::vector<LoadPoint>& points) {
  Table table({{"policy", Align::kLeft},
               {"SLA ms"},
               {"in time %"},
               {"+-"},
               {"accuracy %"},
               {"effective %"},
               {"+-"},
               {"p50 ms"},
               {"p95"},
               {"p99"},
               {"errors"},
               {"models", Align::kLeft}});
  const auto percent = [](double fraction) { return fmt::format("{:.1f}", 100 * fraction); };
  const auto ms = [](const std::optional<Duration>& d) { return ms_text(d, 0); };
  for (const auto& [policy, sla, summary] : points) {
    table.add({policy, ms(sla), percent(summary.attainment), percent(summary.attainment_half),
               percent(summary.accuracy), percent(summary.effective_accuracy),
               percent(summary.effective_half), ms(summary.p50), ms(summary.p95), ms(summary.p99),
               std::to_string(summary.errors), usage_text(summary)});
  }
  return table.text();
}

std::string load_csv(const std::vector<LoadPoint>& points, std::string_view network) {
  const auto models = models_of(points);
  std::vector<std::string> cells = {"policy",          "sla_ms",   "network",
                                    "requests",        "errors",   "attainment",
                                    "attainment_half", "accuracy", "effective_accuracy",
                                    "effective_half",  "mean_ms",  "p50_ms",
                                    "p95_ms",          "p99_ms",   "sender_late_p99_ms"};
  for (const auto& model : models) cells.push_back("share:" + model);
  std::string csv = csv_line(cells);
  for (const auto& [policy, sla, summary] : points) {
    cells = {policy, csv_number(to_ms(sla)), std::string(network), std::to_string(summary.requests),
             std::to_string(summary.errors)};
    for (const double value :
         {summary.attainment, summary.attainment_half, summary.accuracy, summary.effective_accuracy,
          summary.effective_half, ms_or_nan(summary.mean), ms_or_nan(summary.p50),
          ms_or_nan(summary.p95), ms_or_nan(summary.p99), to_ms(summary.late_p99)}) {
      cells.push_back(csv_number(value));
    }
    for (const auto& model : models) {
      const auto share = summary.usage.find(model);
      cells.push_back(csv_number(share == summary.usage.end() ? 0 : share->second));
    }
    csv += csv_line(cells);
  }
  return csv;
}

}  // namespace cnnselect
