#include "trace/arrival_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "trace/csv_text.h"

namespace cnnselect {
namespace {

constexpr double kMostMs = 7.0 * 24 * 3'600'000;
constexpr double kMostRequests = 1e9;
// Of a trace of one row, where there is no step to see.
constexpr Duration kOnlyBin = std::chrono::seconds(1);

}  // namespace

Result<ArrivalTrace> ArrivalTrace::parse(std::string_view text, std::string_view name) {
  const auto csv = parse_csv(text, name, {"t_ms", "requests"});
  if (!csv) return std::unexpected(csv.error());
  const auto column = [&](std::string_view wanted) {
    return static_cast<std::size_t>(std::ranges::find(csv->columns, wanted) - csv->columns.begin());
  };
  const std::size_t at_column = column("t_ms");
  const std::size_t requests_column = column("requests");
  ArrivalTrace trace;
  trace.bin_ = Duration::max();
  for (const auto& [line, cells] : csv->rows) {
    const auto at = parse_cell(cells[at_column], name, line, "t_ms", 0, kMostMs);
    if (!at) return std::unexpected(at.error());
    const auto requests =
        parse_cell(cells[requests_column], name, line, "requests", 0, kMostRequests);
    if (!requests) return std::unexpected(requests.error());
    if (!*at || !*requests) {
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{}:{}: an empty cell; t_ms and requests must be numbers", name, line));
    }
    const Duration when = from_ms(**at);
    if (!trace.bins_.empty() && when <= trace.bins_.back().at) {
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{}:{}: t_ms {} is not after that of the row above", name, line, **at));
    }
    if (!trace.bins_.empty()) trace.bin_ = std::min(trace.bin_, when - trace.bins_.back().at);
    trace.bins_.push_back({.at = when, .requests = **requests});
  }
  if (trace.bins_.size() == 1) trace.bin_ = kOnlyBin;
  trace.length_ = trace.bins_.back().at + trace.bin_;
  if (trace.per_second() > 0) return trace;
  return fail(ErrorCode::kInvalidArgument, fmt::format("{}: no requests in any row", name));
}

Result<ArrivalTrace> ArrivalTrace::load(const std::filesystem::path& file) {
  const auto text = read_csv_file(file);
  if (!text) return std::unexpected(text.error());
  return parse(*text, file.string());
}

double ArrivalTrace::per_second() const {
  double sum = 0;
  for (const Bin& bin : bins_) sum += bin.requests;
  return sum / to_seconds(length_);
}

std::vector<Duration> ArrivalTrace::draw(std::size_t count, double scale, Rng& rng) const {
  std::vector<Duration> times;
  times.reserve(count);
  for (Duration begin{}; times.size() < count; begin += length_) {
    for (const Bin& bin : bins_) {
      const double expected = bin.requests * scale;
      const auto whole = static_cast<std::size_t>(expected);
      const bool one_more = rng.uniform() < expected - std::floor(expected);
      const std::size_t first = times.size();
      const std::size_t arriving = std::min(whole + (one_more ? 1 : 0), count - first);
      for (std::size_t i = 0; i < arriving; ++i) {
        const double into = rng.uniform() * static_cast<double>(bin_.count());
        times.push_back(begin + bin.at + Duration(static_cast<Duration::rep>(into)));
      }
      std::sort(times.begin() + static_cast<std::ptrdiff_t>(first), times.end());
    }
  }
  return times;
}

}  // namespace cnnselect
