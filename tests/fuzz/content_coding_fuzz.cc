// Compressed bodies. Whatever the bytes: no crash, no hang, never more than is allowed; and the
// names of codings, as headers bring them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/content_coding.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = 100'000;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto coding : {cnnselect::net::Coding::kGzip, cnnselect::net::Coding::kDeflate}) {
    const auto body = cnnselect::net::decompress(bytes, coding, kMost);
    cnnselect::require(!body || body->size() <= kMost);
  }
  (void)cnnselect::net::parse_coding(bytes);
  (void)cnnselect::net::preferred_coding(bytes);
  return 0;
}
