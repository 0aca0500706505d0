// "name(1.5,2)": the form in which laws are written, taken apart. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

struct LawText {
  std::string_view name;
  std::vector<double> arguments;
};

/// Spaces are ignored around arguments. Errors name the whole text.
Result<LawText> parse_law_text(std::string_view text);

}  // namespace cnnselect
