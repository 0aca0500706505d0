// The reader of the server's settings file. Whatever the bytes: no crash, no hang, and every
// setting that it gives has a key and a line.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.h"
#include "service/settings_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto settings = cnnselect::parse_settings(text, "fuzz");
  if (!settings) return 0;
  for (const auto& setting : *settings) cnnselect::require(setting.line > 0);
  return 0;
}
