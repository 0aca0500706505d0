// Compressed bodies. Whatever the bytes: no crash, no hang, never more than is allowed; and the
// names of codings, as headers bring them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/content_coding.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = 100'000;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto coding : {cnnselect::Coding::kGzip, cnnselect::Coding::kDeflate}) {
    const auto body = cnnselect::decompress(bytes, coding, kMost);
    cnnselect::require(!body || body->size() <= kMost);
  }
  (void)cnnselect::parse_coding(bytes);
  (void)cnnselect::preferred_coding(bytes);
  return 0;
}
