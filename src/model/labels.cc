#include "model/labels.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

namespace cnnselect {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlank = " \t\r\n";

}  // namespace

Result<std::vector<std::string>> parse_labels(std::string_view text, std::string_view source) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t last = text.find_last_not_of(kBlank);
  if (last == std::string_view::npos) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: no label in it; one a line is needed", source));
  }
  text = text.substr(0, std::min(text.find('\n', last), text.size()));
  std::vector<std::string> labels;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto complain = [&](std::string_view wrong) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}:{}: {}", source, labels.size() + 1, wrong));
    };
    if (line.find_first_not_of(kBlank) == std::string_view::npos) {
      return complain("blank line among the labels; each line is the label of one index");
    }
    if (!simdjson::validate_utf8(line.data(), line.size())) {
      return complain("this label is not UTF-8 text");
    }
    labels.emplace_back(line);
    begin = end + 1;
  }
  return labels;
}

}  // namespace cnnselect
