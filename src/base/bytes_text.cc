#include "base/bytes_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace cnnselect {

Result<std::uint64_t> parse_bytes(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> kUnits = {
      {{"", 1}, {"KiB", 1ULL << 10U}, {"MiB", 1ULL << 20U}, {"GiB", 1ULL << 30U}}};
  constexpr std::uint64_t kMost = 1ULL << 50U;
  std::uint64_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failed] = std::from_chars(text.data(), last, number);
  const auto unit =
      std::ranges::find(kUnits, std::string_view(end, last), [](const auto& u) { return u.first; });
  if (failed == std::errc{} && unit != kUnits.end() && number > 0 &&
      number <= kMost / unit->second) {
    return number * unit->second;
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}'; allowed: a number of bytes above 0, also with KiB, MiB or GiB, "
                          "such as 512MiB",
                          text));
}

}  // namespace cnnselect
