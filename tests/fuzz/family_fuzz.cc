// The readers of files that people write: family files, label files, profile tables. Whatever the
// bytes: no crash, no hang, and what was accepted can be written and read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/accuracies.h"
#include "model/family_text.h"
#include "model/labels.h"
#include "model/profile_table.h"
#include "require.h"

namespace {

using cnnselect::require;

void read_family(std::string_view text) {
  const auto family = cnnselect::parse_family(text, "fuzz", "folder");
  if (!family) return;
  cnnselect::Accuracies measured;
  for (const auto& member : family->family.members) measured[member.name] = {0.25, 0.5};
  const auto edited = cnnselect::with_accuracies(text, "fuzz", measured);
  require(edited.has_value());
  require(cnnselect::with_accuracies(*edited, "fuzz", measured) == edited);
}

void read_table(std::string_view text) {
  const auto rows = cnnselect::parse_profile_table(text, "fuzz");
  if (!rows) return;
  require(cnnselect::parse_profile_table(cnnselect::print_profile_table(*rows), "fuzz") == rows);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_family(text);
  read_table(text);
  (void)cnnselect::parse_labels(text, "fuzz");
  return 0;
}
