#include "measure/labelled_pictures.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cnnselect {
namespace {

struct Row {
  std::string_view name;
  std::string_view index;
};

std::optional<Row> split(std::string_view line) {
  const auto tab = line.find('\t');
  if (tab == std::string_view::npos || tab == 0) return std::nullopt;
  const std::string_view rest = line.substr(tab + 1);
  return Row{line.substr(0, tab), rest.substr(0, rest.find('\t'))};
}

bool is_header(const Row& row) {
  return !row.index.empty() && std::isalpha(static_cast<unsigned char>(row.index.front())) != 0;
}

Result<LabelledPicture> read_row(const Row& row, const std::filesystem::path& folder,
                                 std::size_t classes) {
  std::size_t index = 0;
  const char* begin = std::to_address(row.index.begin());
  const char* end = std::to_address(row.index.end());
  const auto [stopped, error] = std::from_chars(begin, end, index);
  if (error != std::errc() || stopped != end || index >= classes) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("class index '{}' is not a number from 0 to {}", row.index,
                            static_cast<std::int64_t>(classes) - 1));
  }
  LabelledPicture picture{folder / row.name, index};
  std::error_code ignored;  // whatever the reason: it cannot be read
  if (!std::filesystem::is_regular_file(picture.file, ignored)) {
    return fail(ErrorCode::kNotFound, fmt::format("no picture {}", picture.file.string()));
  }
  return picture;
}

}  // namespace

Result<std::vector<LabelledPicture>> read_labelled_pictures(const std::filesystem::path& table,
                                                            const std::filesystem::path& folder,
                                                            std::size_t classes) {
  std::ifstream file(table);
  if (!file) return fail(ErrorCode::kNotFound, fmt::format("cannot read {}", table.string()));
  std::vector<LabelledPicture> pictures;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string place = fmt::format("{}:{}", table.string(), number);
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    const auto row = split(line);
    if (!row) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: '{}' is not 'file<TAB>class index'", place, line));
    }
    if (number == 1 && is_header(*row)) continue;
    auto picture = read_row(*row, folder, classes);
    if (!picture) return std::unexpected(picture.error().within(place));
    pictures.push_back(std::move(*picture));
  }
  if (pictures.empty()) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} names no pictures", table.string()));
  }
  return pictures;
}

}  // namespace cnnselect
