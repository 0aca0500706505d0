#include "load/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/csv.h"
#include "report/milliseconds.h"
#include "report/request_rows.h"
#include "report/table.h"

namespace cnnselect {
namespace {

using Align = Table::Align;

constexpr std::size_t kWidestModel = 20;  // with its share; the table fits 100 columns then

/// The model that answered most; the CSV has them all.
std::string mostly(const LoadSummary& summary) {
  if (summary.usage.empty()) return "-";
  const auto& [model, share] =
      *std::ranges::max_element(summary.usage, {}, [](const auto& used) { return used.second; });
  return fmt::format("{:.0f} % {}", 100 * share, model);
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
  const bool any_errors =
      std::ranges::any_of(points, [](const auto& point) { return point.summary.errors > 0; });
  std::vector<Table::Column> columns{
      {"policy", Align::kLeft}, {"SLA ms"}, {"in time %"}, {"accuracy %"},
      {"effective %"},          {"p50 ms"}, {"p95"},       {"p99"}};
  if (any_errors) columns.push_back({"errors"});
  columns.push_back({"mostly", Align::kLeft, kWidestModel});
  Table table(std::move(columns));
  const auto percent = [](double fraction, double half) {
    return fmt::format("{:.1f} +-{:2.0f}", 100 * fraction, 100 * half);
  };
  const auto ms = [](const std::optional<Duration>& d) { return ms_text(d, 0); };
  for (const auto& [policy, sla, summary] : points) {
    std::vector<std::string> cells{policy,
                                   ms(sla),
                                   percent(summary.attainment, summary.attainment_half),
                                   fmt::format("{:.1f}", 100 * summary.accuracy),
                                   percent(summary.effective_accuracy, summary.effective_half),
                                   ms(summary.p50),
                                   ms(summary.p95),
                                   ms(summary.p99)};
    if (any_errors) cells.push_back(std::to_string(summary.errors));
    cells.push_back(mostly(summary));
    table.add(std::move(cells));
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

std::string load_rows_header() {
  auto columns = request_columns();
  columns.insert(columns.end(), {"picture", "reason", "probability", "t_input_ms", "decode_ms",
                                 "queue_ms", "server_ms", "budget_ms", "sender_late_ms", "error"});
  return csv_line(columns);
}

std::string load_row(const std::string& policy, Duration sla, const SentRequest& sent) {
  const Result<ClassifyAnswer>& answer = sent.answer;
  RequestRow row{.policy = policy,
                 .sla = sla,
                 .request = sent.number,
                 .sent = sent.planned.send_at,
                 .input = sent.planned.network.input,
                 .output = sent.planned.network.output};
  if (answer) {
    row.model = answer->model;
    row.accuracy = sent.judged.correct ? 1 : 0;
    row.infer = answer->infer;
  }
  if (answer || sent.judged.timed_out) row.total = sent.outcome.latency;
  auto cells = request_cells(row);
  cells.push_back(sent.picture);
  cells.push_back(answer ? answer->reason : "");
  cells.push_back(answer ? csv_number(answer->probability) : "");
  const auto time = [&](const std::optional<Duration>& of) {
    cells.push_back(of ? csv_number(to_ms(*of)) : "");
  };
  if (answer) {
    for (const auto& of :
         {std::optional(answer->input), answer->decode, std::optional(answer->queued),
          std::optional(answer->server), answer->budget}) {
      time(of);
    }
  } else {
    cells.insert(cells.end(), 5, "");
  }
  time(sent.outcome.late);
  cells.push_back(answer ? "" : answer.error().message);
  return csv_line(cells);
}

}  // namespace cnnselect
