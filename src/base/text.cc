#include "base/text.h"

#include <algorithm>

namespace cnnselect {

std::string lowered(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), ascii_lower);
  return small;
}

bool same_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

}  // namespace cnnselect
