#include "base/shortened.h"

namespace cnnselect {

std::string shortened(std::string_view text, std::size_t at_most) {
  if (text.size() <= at_most) return std::string(text);
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  while (at_most > 0 && continues(at_most)) --at_most;
  return std::string(text.substr(0, at_most)) + "...";
}

}  // namespace cnnselect
