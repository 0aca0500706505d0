#include "report/wrapped_text.h"

#include <ranges>

namespace cnnselect {

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (const auto part : std::views::split(text, '\n')) {
    lines.emplace_back();
    for (const auto piece : std::views::split(part, ' ')) {
      const std::string_view word(piece);
      if (word.empty()) continue;
      if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) {
        lines.emplace_back();
      }
      if (!lines.back().empty()) lines.back() += ' ';
      lines.back() += word;
    }
  }
  return lines;
}

}  // namespace cnnselect
