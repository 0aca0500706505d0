#include "trace/network_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "trace/csv_text.h"

namespace cnnselect {
namespace {

// A transfer that takes longer will not be waited for: it ends here, not in a loop without end.
constexpr Duration kLongestTransfer = std::chrono::hours(1);
constexpr double kLatestRowMs = 1e14;     // the year 5138, where times count from 1970
constexpr double kLongestTraceMs = 1e12;  // from first to last row
constexpr double kMostRttMs = 1e12;
constexpr double kMostKbps = 1e9;  // a terabit per second

}  // namespace

const std::array<NetworkTrace::Column, 3> NetworkTrace::kColumns = {{
    {"rtt_ms", &Row::rtt_ms, &NetworkTrace::has_rtt_, kMostRttMs},
    {"uplink_kbps", &Row::uplink_kbps, &NetworkTrace::has_uplink_, kMostKbps},
    {"downlink_kbps", &Row::downlink_kbps, &NetworkTrace::has_downlink_, kMostKbps},
}};

Result<NetworkTrace> NetworkTrace::parse(std::string_view text, std::string_view name) {
  const std::vector<std::string> columns = {"t_ms", "rtt_ms", "uplink_kbps", "downlink_kbps"};
  const auto csv = parse_csv(text, name, columns);
  if (!csv) return std::unexpected(csv.error());
  std::array<std::size_t, 4> place{};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    place[i] = static_cast<std::size_t>(std::ranges::find(csv->columns, columns[i]) -
                                        csv->columns.begin());
  }
  NetworkTrace trace;
  double first_ms = 0;
  Row last;
  for (const auto& [line, cells] : csv->rows) {
    const auto t_ms = parse_cell(cells[place[0]], name, line, "t_ms", 0, kLatestRowMs);
    if (!t_ms) return std::unexpected(t_ms.error());
    if (!t_ms->has_value()) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("{}:{}: t_ms is empty", name, line));
    }
    if (trace.rows_.empty()) first_ms = **t_ms;
    if (**t_ms - first_ms > kLongestTraceMs) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}:{}: t_ms is {} above the first line's; allowed: {}", name, line,
                              **t_ms - first_ms, kLongestTraceMs));
    }
    last.at = from_ms(**t_ms - first_ms);
    if (!trace.rows_.empty() && last.at < trace.rows_.back().at + std::chrono::milliseconds(1)) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}:{}: t_ms is {}; it must be at least 1 above the line before's",
                              name, line, **t_ms));
    }
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const auto& [column, value, present, most] = kColumns[i];
      const auto cell = parse_cell(cells[place[i + 1]], name, line, column, 0, most);
      if (!cell) return std::unexpected(cell.error());
      if (!cell->has_value()) continue;
      last.*value = **cell;
      if (trace.*present) continue;
      for (Row& earlier : trace.rows_) earlier.*value = **cell;
      trace.*present = true;
    }
    trace.rows_.push_back(last);
  }
  const auto rows = static_cast<Duration::rep>(trace.rows_.size());
  // The usual spacing is the mean one; a trace of one row lasts a second.
  const Duration spacing =
      rows > 1 ? trace.rows_.back().at / (rows - 1) : Duration(std::chrono::seconds(1));
  trace.length_ = trace.rows_.back().at + std::max(spacing, Duration(1));
  return trace;
}

Result<NetworkTrace> NetworkTrace::with(const AssumedNetwork& assumed) const {
  NetworkTrace trace = *this;
  const std::array values = {assumed.rtt_ms, assumed.uplink_kbps, assumed.downlink_kbps};
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const auto& [column, value, present, most] = kColumns[i];
    if (!values[i]) continue;
    if (trace.*present) {
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{} was measured; it cannot be assumed to be {}", column, *values[i]));
    }
    if (!(*values[i] >= 0 && *values[i] <= most)) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} is {}; allowed: a number of 0..{}", column, *values[i], most));
    }
    for (Row& row : trace.rows_) row.*value = *values[i];
    trace.*present = true;
  }
  return trace;
}

Result<NetworkTrace> NetworkTrace::load(const std::filesystem::path& file) {
  const auto text = read_csv_file(file);
  if (!text) return std::unexpected(text.error());
  return parse(*text, file.string());
}

std::size_t NetworkTrace::row_at(Duration in_trace) const {
  const auto after = std::ranges::upper_bound(rows_, in_trace, {}, &Row::at);
  return static_cast<std::size_t>(after - rows_.begin()) - 1;
}

Duration NetworkTrace::end_of(std::size_t row) const {
  return row + 1 < rows_.size() ? rows_[row + 1].at : length_;
}

Duration NetworkTrace::transfer(Duration start, std::size_t bytes, double Row::* rate) const {
  const auto has_capacity = [rate](const Row& row) { return row.*rate > 0; };
  if (std::ranges::none_of(rows_, has_capacity)) return kForever;
  double bits = static_cast<double>(bytes) * 8;
  Duration now = start % length_;
  Duration spent{};
  std::size_t row = row_at(now);
  while (spent < kLongestTransfer) {
    const double kbps = rows_[row].*rate;
    const Duration left = end_of(row) - now;
    if (const double room = kbps * to_ms(left); room >= bits) {
      return spent + (kbps > 0 ? from_ms(bits / kbps) : Duration::zero());
    } else {
      bits -= room;
    }
    spent += left;
    row = row + 1 < rows_.size() ? row + 1 : 0;
    now = rows_[row].at;
  }
  return kForever;
}

Duration NetworkTrace::upload_time(Duration start, std::size_t bytes) const {
  const Duration half = from_ms(rows_[row_at(start % length_)].rtt_ms / 2);
  if (!has_uplink_) return half;
  const Duration sending = transfer(start, bytes, &Row::uplink_kbps);
  return sending == kForever ? kForever : sending + half;
}

Duration NetworkTrace::download_time(Duration start, std::size_t bytes) const {
  const Duration half = from_ms(rows_[row_at(start % length_)].rtt_ms / 2);
  if (!has_downlink_) return half;
  const Duration sending = transfer(start, bytes, &Row::downlink_kbps);
  return sending == kForever ? kForever : sending + half;
}

std::optional<Duration> NetworkTrace::latest_departure(Duration earliest, Duration until,
                                                       std::size_t bytes) const {
  const auto in_time = [&](Duration start) {
    const Duration takes = download_time(start, bytes);
    return takes <= until - start;
  };
  // Within a row half the round trip stays the same, so who leaves later is there later or at the
  // same time; from row to row it may fall. So each row is asked for its own, the last one first.
  Duration latest = until;
  while (latest >= earliest) {
    const Duration pass = latest - latest % length_;
    const Duration first = std::max(pass + rows_[row_at(latest % length_)].at, earliest);
    if (in_time(first)) {
      Duration low = first;
      for (Duration high = latest + Duration(1); high - low > Duration(1);) {
        const Duration middle = low + (high - low) / 2;
        (in_time(middle) ? low : high) = middle;
      }
      return low;
    }
    latest = first - Duration(1);
  }
  return std::nullopt;
}

}  // namespace cnnselect
