// The reader of the file of API keys. Whatever the bytes: no crash, no hang, and every key that it
// gives has a name, sensible limits and a digest of its own.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>

#include "access/api_keys.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto keys = cnnselect::parse_api_keys(text, "fuzz");
  if (!keys) return 0;
  cnnselect::require(!keys->empty());
  std::set<cnnselect::Sha256> digests;
  for (const auto& key : *keys) {
    cnnselect::require(!key.name.empty());
    cnnselect::require(!key.per_second || *key.per_second > 0);
    cnnselect::require(key.burst >= 1);
    cnnselect::require(digests.insert(key.digest).second);
  }
  return 0;
}
