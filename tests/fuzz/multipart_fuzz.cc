// First line: a Content-Type; the rest: a form's body. Every part must lie inside the body.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "http/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view body = input.substr(std::min(line + 1, input.size()));
  const auto parts = cnnselect::parse_form(input.substr(0, line), body);
  if (!parts) {
    if (parts.error().message.empty()) __builtin_trap();
    return 0;
  }
  if (parts->size() > cnnselect::kMaxFormParts) __builtin_trap();
  for (const auto& part : *parts) {
    const std::less_equal<> not_after;
    if (!not_after(body.data(), part.content.data()) ||
        !not_after(part.content.data() + part.content.size(), body.data() + body.size())) {
      __builtin_trap();
    }
  }
  return 0;
}
