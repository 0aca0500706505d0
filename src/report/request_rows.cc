#include "report/request_rows.h"

#include "base/csv.h"

namespace cnnselect {
namespace {

std::string ms_cell(const std::optional<Duration>& time) {
  return time && *time != kForever ? csv_number(to_ms(*time)) : "";
}

std::string outcome_of(const RequestRow& row) {
  if (row.model.empty() || !row.total) return "none";
  return *row.total <= row.sla ? "in_time" : "late";
}

}  // namespace

std::vector<std::string> request_columns() {
  return {"policy",  "sla_ms", "request",  "sent_ms",  "input_ms", "output_ms",
          "outcome", "model",  "accuracy", "total_ms", "infer_ms"};
}

std::vector<std::string> request_cells(const RequestRow& row) {
  return {row.policy,         ms_cell(row.sla),   std::to_string(row.request),
          ms_cell(row.sent),  ms_cell(row.input), ms_cell(row.output),
          outcome_of(row),    row.model,          row.accuracy ? csv_number(*row.accuracy) : "",
          ms_cell(row.total), ms_cell(row.infer)};
}

}  // namespace cnnselect
