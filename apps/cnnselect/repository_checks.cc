#include "repository_checks.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "measure/trial.h"
#include "model/family_gaps.h"

namespace cnnselect {
namespace {

void append(Warnings& all, Warnings some) { std::ranges::move(some, std::back_inserter(all)); }

}  // namespace

Result<Warnings> check_measured(const Catalog& catalog, bool unmeasured) {
  Warnings warnings;
  for (const Family& family : catalog.families()) {
    const Status measured = check_measured(family);
    if (measured) continue;
    const std::string& message = measured.error().message;
    if (!unmeasured) {
      return fail(measured.error().code, message + ". To serve it all the same: --unmeasured");
    }
    warnings.push_back(message);
  }
  return warnings;
}

Warnings unstated_input(const Catalog& catalog, const ModelManager& models) {
  Warnings warnings;
  for (std::uint32_t i = 0; i < catalog.families().size(); ++i) {
    std::vector<ElementType> inputs;
    for (const ModelId id : catalog.members(FamilyId{i})) {
      inputs.push_back((*models.specs(id))->input.type);
    }
    append(warnings, unstated_normalisation(catalog.family(FamilyId{i}), inputs));
  }
  return warnings;
}

Result<Warnings> try_pictures(const Catalog& catalog, ModelManager& models) {
  Warnings warnings;
  for (const CatalogModel& model : catalog.models()) {
    const auto pinned = models.acquire(model.id);
    if (!pinned) return std::unexpected(pinned.error());
    auto doubts = try_picture(model.member, pinned->model());
    if (!doubts) return std::unexpected(doubts.error());
    append(warnings, *std::move(doubts));
  }
  return warnings;
}

}  // namespace cnnselect
