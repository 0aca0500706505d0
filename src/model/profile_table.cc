#include "model/profile_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>
#include <variant>

#include "base/text.h"
#include "model/names.h"
#include "model/text_file.h"

namespace cnnselect {
namespace {

using std::string_view;

constexpr string_view kAroundCells = " \t\r";

constexpr string_view kModel = "model";

struct Fraction {
  std::optional<double> ProfileRow::* field;
};
struct Time {
  std::optional<Duration> ProfileRow::* field;
  bool may_be_zero;
};
struct Bytes {
  std::optional<std::uint64_t> ProfileRow::* field;
};
struct Column {
  string_view name;
  std::variant<Fraction, Time, Bytes> kind;
};

constexpr std::array kColumns{
    Column{"top1", Fraction{&ProfileRow::top1}},
    Column{"top5", Fraction{&ProfileRow::top5}},
    Column{"mean_ms", Time{&ProfileRow::mean, false}},
    Column{"std_ms", Time{&ProfileRow::deviation, true}},
    Column{"cold_mean_ms", Time{&ProfileRow::cold_mean, false}},
    Column{"cold_std_ms", Time{&ProfileRow::cold_deviation, true}},
    Column{"bytes", Bytes{&ProfileRow::bytes}},
};

std::vector<string_view> column_names() {
  std::vector<string_view> names{kModel};
  for (const Column& column : kColumns) names.push_back(column.name);
  return names;
}

bool unread(string_view name) {
  return std::ranges::find(kUnreadColumns, name) != kUnreadColumns.end();
}

template <class Number>
std::optional<Number> number(string_view cell) {
  Number value{};
  const auto [rest, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc{} || rest != cell.data() + cell.size()) return std::nullopt;
  return value;
}

// Each puts a cell's value into the row; gives what is allowed when it is something else.
string_view read(const Fraction& column, string_view cell, ProfileRow& row) {
  const auto value = number<double>(cell);
  if (!value || !(*value >= 0 && *value <= 1)) return "a fraction from 0 to 1";
  row.*column.field = value;
  return {};
}

string_view read(const Time& column, string_view cell, ProfileRow& row) {
  const auto ms = number<double>(cell);
  const bool fits = ms && *ms >= 0 && *ms <= kLongestProfileMs;
  const Duration time(fits ? std::llround(*ms * 1e6) : 0);
  if (column.may_be_zero ? !fits : time <= Duration::zero()) {
    return column.may_be_zero ? "milliseconds from 0 to 1e9" : "milliseconds above 0, up to 1e9";
  }
  row.*column.field = time;
  return {};
}

string_view read(const Bytes& column, string_view cell, ProfileRow& row) {
  const auto value = number<std::uint64_t>(cell);
  if (!value) return "a whole number of bytes";
  row.*column.field = value;
  return {};
}

std::vector<string_view> cells_of(string_view line) {
  std::vector<string_view> cells;
  for (;;) {
    const std::size_t comma = line.find(',');
    cells.push_back(trimmed(line.substr(0, comma), kAroundCells));
    if (comma == string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

class TableReader {
 public:
  explicit TableReader(string_view source) : source_(source) {}

  Result<std::vector<ProfileRow>> read(string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const string_view line = trimmed(text.substr(0, end), kAroundCells);
      text.remove_prefix(std::min(end + 1, text.size()));
      ++line_;
      if (line.empty() || line.starts_with('#')) continue;
      const std::vector<string_view> cells = cells_of(line);
      if (Status status = columns_.empty() ? read_header(cells) : read_row(cells); !status) {
        return std::unexpected(status.error().within(fmt::format("{}:{}", source_, line_)));
      }
    }
    if (columns_.empty()) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: no profile table; its first line names the columns: {}", source_,
                              fmt::join(column_names(), ",")));
    }
    return std::move(rows_);
  }

 private:
  Status read_header(const std::vector<string_view>& cells) {
    const std::vector<string_view> known = column_names();
    for (const string_view cell : cells) {
      if (!unread(cell) && std::ranges::find(known, cell) == known.end()) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("unknown column {}; nearest is '{}' of {}", in_quotes(cell),
                                nearest(cell, known), fmt::join(known, ",")));
      }
      if (std::ranges::count(cells, cell) > 1) {
        return fail(ErrorCode::kInvalidArgument, fmt::format("column '{}' stands twice", cell));
      }
    }
    if (std::ranges::find(cells, kModel) == cells.end()) {
      return fail(ErrorCode::kInvalidArgument, "the first line names no column 'model'");
    }
    for (const string_view cell : cells) columns_.emplace_back(cell);
    return {};
  }

  Status read_row(const std::vector<string_view>& cells) {
    if (cells.size() != columns_.size()) {
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{} cells; the first line names {} columns", cells.size(), columns_.size()));
    }
    ProfileRow row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (Status status = read_cell(columns_[i], cells[i], row); !status) return status;
    }
    rows_.push_back(std::move(row));
    return {};
  }

  Status read_cell(string_view name, string_view cell, ProfileRow& row) {
    if (name == kModel) return read_model(cell, row);
    if (cell.empty() || unread(name)) return {};
    const Column& column = *std::ranges::find(kColumns, name, &Column::name);
    const string_view allowed =
        std::visit([&](const auto& kind) { return cnnselect::read(kind, cell, row); }, column.kind);
    if (allowed.empty()) return {};
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("column '{}' is {}; it must be {}", name, in_quotes(cell), allowed));
  }

  Status read_model(string_view cell, ProfileRow& row) {
    if (Status status = check_name(kModel, cell); !status) return status;
    row.model = cell;
    const auto [place, is_new] = lines_.emplace(row.model, line_);
    if (is_new) return {};
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("model '{}' stands in line {} already", cell, place->second));
  }

  string_view source_;
  std::size_t line_ = 0;
  std::vector<std::string> columns_;
  std::vector<ProfileRow> rows_;
  std::map<std::string, std::size_t> lines_;
};

std::string print(const Fraction& column, const ProfileRow& row) {
  const auto& value = row.*column.field;
  return value ? fmt::format("{}", *value) : "";
}

std::string print(const Time& column, const ProfileRow& row) {
  const auto& value = row.*column.field;
  return value ? fmt::format("{}", to_ms(*value)) : "";
}

std::string print(const Bytes& column, const ProfileRow& row) {
  const auto& value = row.*column.field;
  return value ? fmt::format("{}", *value) : "";
}

}  // namespace

ProfileRow profile_row(std::string model, const Profile& profile,
                       std::optional<std::uint64_t> bytes) {
  ProfileRow row{.model = std::move(model),
                 .top1 = profile.top1,
                 .top5 = profile.top5,
                 .cold_mean = profile.cold_start,
                 .bytes = bytes};
  if (profile.hot.samples > 0) {
    row.mean = profile.hot.mean;
    row.deviation = profile.hot.deviation;
  }
  return row;
}

Result<std::vector<ProfileRow>> parse_profile_table(string_view text, string_view source) {
  return TableReader(source).read(text);
}

Result<std::vector<ProfileRow>> load_profile_table(const std::filesystem::path& file) {
  const Result<std::string> text = read_text_file("profile table", file);
  if (!text) return std::unexpected(text.error());
  return parse_profile_table(*text, file.string());
}

std::string print_profile_table(std::span<const ProfileRow> rows) {
  std::string text = fmt::format("{}\n", fmt::join(column_names(), ","));
  for (const ProfileRow& row : rows) {
    text += row.model;
    for (const Column& column : kColumns) {
      text += ',';
      text += std::visit([&](const auto& kind) { return print(kind, row); }, column.kind);
    }
    text += '\n';
  }
  return text;
}

Status write_profile_table(const std::filesystem::path& file, std::span<const ProfileRow> rows) {
  return replace_text_file("profile table", file, print_profile_table(rows));
}

}  // namespace cnnselect
