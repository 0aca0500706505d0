// Any bytes as the beginning of a connection, whole and byte by byte: both tell the same, and no
// more is taken than the header has.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/proxy_header.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cnnselect::ProxyHeaderParser;
  using cnnselect::require;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ProxyHeaderParser whole;
  const auto taken = whole.take(bytes);
  if (taken) require(*taken <= size && *taken <= ProxyHeaderParser::kMaxBytes);
  if (taken) require(whole.wanted() == 0 || *taken == size);

  ProxyHeaderParser pieces;
  std::size_t at = 0;
  bool wrong = false;
  while (!wrong && at < size && pieces.wanted() > 0) {
    const auto one = pieces.take(bytes.substr(at, 1));
    wrong = !one;
    if (one) at += *one;
  }
  require(wrong == !taken);
  if (wrong) return 0;
  require(at == *taken && pieces.wanted() == whole.wanted() && pieces.client() == whole.client());
  return 0;
}
