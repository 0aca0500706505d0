#include "trace/law_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace cnnselect {

Result<LawText> parse_law_text(std::string_view text) {
  const auto open = text.find('(');
  if (open == std::string_view::npos || open == 0 || !text.ends_with(')')) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}' is not of the form name(number,...)", text));
  }
  LawText law{.name = trimmed(text.substr(0, open), " "), .arguments = {}};
  std::string_view rest = text.substr(open + 1, text.size() - open - 2);
  while (true) {
    const auto comma = rest.find(',');
    const std::string_view cell = trimmed(rest.substr(0, comma), " ");
    double value = 0;
    const char* const last = cell.data() + cell.size();
    const auto [end, failed] = std::from_chars(cell.data(), last, value);
    if (failed != std::errc{} || end != last || !std::isfinite(value)) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("'{}' has '{}' where a number is expected", text, cell));
    }
    law.arguments.push_back(value);
    if (comma == std::string_view::npos) return law;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace cnnselect
