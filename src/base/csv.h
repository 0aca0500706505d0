// CSV as RFC 4180 has it, with "\n" line ends. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cnnselect {

/// One line, its cells quoted where they must be.
std::string csv_line(std::span<const std::string> cells);

/// A number as short as it reads back exactly; empty for NaN: unknown.
std::string csv_number(double value);

}  // namespace cnnselect
