#include "measure/cold_start.h"

#include <fmt/format.h>

#include <vector>

#include "backend/image_classifier.h"
#include "image/prepare.h"

namespace cnnselect {

Result<Duration> cold_start(const FamilyMember& member, std::size_t labels, Backend& backend,
                            const Clock& clock) {
  const std::string who = fmt::format("model '{}'", member.name);
  const TimePoint start = clock.now();
  const auto model = backend.load(member.file);
  const Duration load = clock.now() - start;
  if (!model) return std::unexpected(model.error().within(who));
  if (auto fits = check_member(member, labels, **model); !fits) {
    return std::unexpected(fits.error());
  }
  const ElementType type = (*model)->input().type;
  const std::vector<std::byte> black(tensor_bytes(member.input, type));
  const auto shape = tensor_shape(member.input);
  const TimePoint loaded = clock.now();
  const auto output = (*model)->run({type, shape, black}, {});
  const Duration run = clock.now() - loaded;
  if (!output) return std::unexpected(output.error().within(who));
  return load + run;
}

}  // namespace cnnselect
