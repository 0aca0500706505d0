#include "sim/results.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/csv.h"
#include "report/milliseconds.h"
#include "report/request_rows.h"
#include "report/table.h"

namespace cnnselect {
namespace {

double percent_of_bound(const SweepPoint& point) {
  return point.bound > 0 ? 100 * point.summary.effective_accuracy / point.bound
                         : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::string sweep_table(const std::vector<SweepPoint>& points) {
  Table table({{"policy", Table::Align::kLeft},
               {"SLA ms"},
               {"in time %"},
               {"+-"},
               {"effective %"},
               {"+-"},
               {"of bound %"},
               {"accuracy %"},
               {"mean ms"},
               {"p50"},
               {"p95"},
               {"p99"}});
  const auto percent = [](double fraction) { return fmt::format("{:.2f}", 100 * fraction); };
  const auto ms = [](const std::optional<Duration>& d) { return ms_text(d, 1); };
  for (const SweepPoint& point : points) {
    const SimulationSummary& summary = point.summary;
    const double of_bound = percent_of_bound(point);
    table.add({point.policy, fmt::format("{}", to_ms(point.sla)), percent(summary.attainment),
               percent(summary.attainment_half), percent(summary.effective_accuracy),
               percent(summary.effective_half),
               std::isnan(of_bound) ? "-" : fmt::format("{:.1f}", of_bound),
               percent(summary.mean_accuracy), ms(summary.mean), ms(summary.p50), ms(summary.p95),
               ms(summary.p99)});
  }
  return table.text();
}

std::string sweep_csv(const std::vector<SweepPoint>& points, std::string_view network) {
  std::string csv =
      "policy,sla_ms,network,requests,attainment,effective_accuracy,mean_accuracy,mean_ms,p50_ms,"
      "p95_ms,p99_ms,bound,pct_of_bound,attainment_half,effective_half,device_ran,cold\n";
  for (const SweepPoint& point : points) {
    const SimulationSummary& summary = point.summary;
    std::vector<std::string> cells = {point.policy, csv_number(to_ms(point.sla)),
                                      std::string(network), std::to_string(summary.requests)};
    for (const double value :
         {summary.attainment, summary.effective_accuracy, summary.mean_accuracy,
          ms_or_nan(summary.mean), ms_or_nan(summary.p50), ms_or_nan(summary.p95),
          ms_or_nan(summary.p99), point.bound, percent_of_bound(point), summary.attainment_half,
          summary.effective_half, summary.device_ran, summary.cold}) {
      cells.push_back(csv_number(value));
    }
    csv += csv_line(cells);
  }
  return csv;
}

std::string simulated_rows_header() {
  auto columns = request_columns();
  columns.insert(columns.end(), {"device_ran", "cold"});
  return csv_line(columns);
}

std::string simulated_rows(const std::string& policy, Duration sla, const ModelSet& models,
                           const Workload& workload,
                           const std::vector<SimulatedOutcome>& outcomes) {
  std::string rows;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const SimulatedOutcome& outcome = outcomes[i];
    const SimulatedRequest& request = workload.requests()[i];
    RequestRow row{.policy = policy,
                   .sla = sla,
                   .request = i,
                   .input = request.network.input,
                   .output = request.network.output};
    if (!workload.clients()) row.sent = request.sent;
    if (outcome.on_device) {
      row.model = "device";
      row.infer = workload.own_execution(i);
    } else if (outcome.model) {
      row.model = models.models()[*outcome.model].name;
      row.infer = workload.execution(i, *outcome.model);
    }
    if (outcome.answered()) {
      row.accuracy = outcome.accuracy;
      row.total = outcome.total;
    }
    auto cells = request_cells(row);
    cells.emplace_back(outcome.device_ran ? "1" : "0");
    cells.emplace_back(outcome.cold ? "1" : "0");
    rows += csv_line(cells);
  }
  return rows;
}

std::string usage_csv(const std::vector<SweepPoint>& points, const ModelSet& models) {
  std::string csv = "policy,sla_ms,model,share\n";
  for (const SweepPoint& point : points) {
    const auto add = [&](const std::string& model, double share) {
      csv += csv_line(std::vector<std::string>{point.policy, csv_number(to_ms(point.sla)), model,
                                               csv_number(share)});
    };
    for (std::size_t m = 0; m < models.size(); ++m) {
      add(models.models()[m].name, point.summary.shares[m]);
    }
    if (point.summary.device_share > 0) add("device", point.summary.device_share);
  }
  return csv;
}

}  // namespace cnnselect
