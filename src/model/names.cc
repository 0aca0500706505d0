#include "model/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <numeric>
#include <vector>

namespace cnnselect {
namespace {

constexpr std::size_t kShownBytes = 60;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

// Levenshtein's distance, one row of the table at a time.
std::size_t typing_errors(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

bool valid_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         std::ranges::all_of(name, is_name_character);
}

Status check_name(std::string_view what, std::string_view name) {
  if (valid_name(name)) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} name {} is not of [A-Za-z0-9_.-]+ (nor may it be '.' or '..')", what,
                          in_quotes(name)));
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  assert(!known.empty());
  return *std::ranges::min_element(
      known, {}, [&](std::string_view candidate) { return typing_errors(word, candidate); });
}

std::string in_quotes(std::string_view text) {
  const bool whole = text.size() <= kShownBytes;
  if (!whole) {
    std::size_t end = kShownBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  std::string shown(text);
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20U || c == 0x7F) c = '?';
  }
  return "'" + shown + (whole ? "'" : "...'");
}

}  // namespace cnnselect
