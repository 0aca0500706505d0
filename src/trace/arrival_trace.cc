#include "trace/arrival_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "trace/csv_text.h"

namespace cnnselect {
namespace {

constexpr double kMostMs = 7.0 * 24 * 3'600'000;  // from first to last row
constexpr double kLatestMs = 1e14;                // the year 5138, where times count from 1970
constexpr double kMostRequests = 1e9;
// Of a trace of one row, where there is no step to see.
constexpr Duration kOnlyBin = std::chrono::seconds(1);
// In one row after scaling; more than anybody draws.
constexpr double kMostScaled = 1e15;

/// Appends the first `most` of `all` times that are even at random in [begin, begin + length),
/// ascending: each one is the least of those left, in what is left of the time.
void append_even(std::vector<Duration>& times, Duration begin, Duration length, double all,
                 std::size_t most, Rng& rng) {
  double left = 1;  // of the length
  for (std::size_t i = 0; i < most && static_cast<double>(i) < all; ++i) {
    left *= std::exp(std::log(1 - rng.uniform()) / (all - static_cast<double>(i)));
    const double into = (1 - left) * static_cast<double>(length.count());
    times.push_back(begin +
                    std::min(Duration(static_cast<Duration::rep>(into)), length - Duration(1)));
  }
}

/// What part of [begin, begin + length) lies before `moment`.
double part_before(Duration moment, Duration begin, Duration length) {
  return std::clamp(to_seconds(moment - begin) / to_seconds(length), 0.0, 1.0);
}

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
  double first_ms = 0;
  for (const auto& [line, cells] : csv->rows) {
    const auto at = parse_cell(cells[at_column], name, line, "t_ms", 0, kLatestMs);
    if (!at) return std::unexpected(at.error());
    const auto requests =
        parse_cell(cells[requests_column], name, line, "requests", 0, kMostRequests);
    if (!requests) return std::unexpected(requests.error());
    if (!*at || !*requests) {
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{}:{}: an empty cell; t_ms and requests must be numbers", name, line));
    }
    if (trace.bins_.empty()) first_ms = **at;  // only differences count
    if (**at - first_ms > kMostMs) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}:{}: t_ms is {} above the first row's; allowed: {}", name, line,
                              **at - first_ms, kMostMs));
    }
    const Duration when = from_ms(**at - first_ms);
    if (!trace.bins_.empty() && when <= trace.bins_.back().at) {
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{}:{}: t_ms {} is not after that of the row above", name, line, **at));
    }
    if (!trace.bins_.empty()) trace.bin_ = std::min(trace.bin_, when - trace.bins_.back().at);
    if (!trace.bins_.empty()) trace.bins_.back().step = when - trace.bins_.back().at;
    trace.bins_.push_back({.at = when, .requests = **requests, .step = {}});
  }
  if (trace.bins_.size() == 1) trace.bin_ = kOnlyBin;
  trace.bins_.back().step = trace.bin_;
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

ArrivalTrace::Expected ArrivalTrace::expected_before(Duration moment) const {
  const auto rounds = static_cast<double>(moment / length_);
  const Duration rest = moment % length_;
  Expected expected;
  for (const Bin& bin : bins_) {
    expected.recorded += bin.requests * (rounds + part_before(rest, bin.at, bin_));
    expected.added += bin.requests * (rounds + part_before(rest, bin.at, bin.step));
  }
  return expected;
}

double ArrivalTrace::scale_for(std::size_t count, double per_second) const {
  const auto first = std::ranges::find_if(bins_, [](const Bin& bin) { return bin.requests > 0; });
  const auto wanted = static_cast<double>(count);
  // At least a nanosecond, or nothing would be expected.
  const Duration time = std::max(from_ms(1'000 * wanted / per_second), Duration(1));
  const Expected expected = expected_before(first->at + time);
  if (wanted <= expected.recorded) return wanted / expected.recorded;
  return 1 + (wanted - expected.recorded) / expected.added;
}

std::vector<Duration> ArrivalTrace::draw_bin(const Bin& bin, std::size_t most, double scale,
                                             Rng& rng) const {
  const double expected = std::min(bin.requests * scale, kMostScaled);
  const bool one_more = rng.uniform() < expected - std::floor(expected);
  const double all = std::floor(expected) + (one_more ? 1 : 0);
  const double recorded = std::min(all, std::ceil(bin.requests));
  std::vector<Duration> times;
  append_even(times, bin.at, bin_, recorded, most, rng);
  append_even(times, bin.at, bin.step, all - recorded, most, rng);
  std::ranges::sort(times);
  times.resize(std::min(times.size(), most));
  return times;
}

std::vector<Duration> ArrivalTrace::draw(std::size_t count, double scale, Rng& rng) const {
  std::vector<Duration> times;
  times.reserve(count);
  for (Duration begin{}; times.size() < count; begin += length_) {
    for (const Bin& bin : bins_) {
      if (times.size() == count) break;
      for (const Duration time : draw_bin(bin, count - times.size(), scale, rng)) {
        times.push_back(begin + time);
      }
    }
  }
  return times;
}

}  // namespace cnnselect
