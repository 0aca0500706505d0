#include "trace/csv_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <utility>

namespace cnnselect {
namespace {

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const auto comma = line.find(',');
    cells.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace

Result<std::string> read_csv_file(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) {
    return fail(ErrorCode::kNotFound, fmt::format("{}: cannot be read", file.string()));
  }
  return std::move(text).str();
}

Result<CsvRows> parse_csv(std::string_view text, std::string_view name,
                          const std::vector<std::string>& columns) {
  CsvRows csv;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // some editors begin files with it
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (int line_number = 1; !text.empty(); ++line_number) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    auto cells = split(line);
    if (csv.columns.empty()) {
      csv.columns.assign(cells.begin(), cells.end());
      continue;
    }
    if (cells.size() != csv.columns.size()) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}:{}: {} cells, the header has {}", name, line_number, cells.size(),
                              csv.columns.size()));
    }
    csv.rows.push_back({.line = line_number, .cells = std::move(cells)});
  }
  for (const auto& column : columns) {
    if (std::ranges::count(csv.columns, column) != 1) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: the header must name '{}' once; it has: {}", name, column,
                              fmt::join(csv.columns, ",")));
    }
  }
  if (csv.rows.empty()) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: no rows after the header", name));
  }
  return csv;
}

Result<std::optional<double>> parse_cell(std::string_view cell, std::string_view name, int line,
                                         std::string_view column, double low, double high) {
  if (cell.empty()) return std::nullopt;
  double value = 0;
  const char* const last = cell.data() + cell.size();
  const auto [end, failed] = std::from_chars(cell.data(), last, value);
  if (failed != std::errc{} || end != last || !std::isfinite(value) || value < low ||
      value > high) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}:{}: {} is '{}'; allowed: a number of {}..{}", name, line, column,
                            cell, low, high));
  }
  return value;
}

}  // namespace cnnselect
