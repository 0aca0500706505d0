// What a start says of a repository that it can serve, but perhaps not as its owner meant.
#pragma once

#include <string>
#include <vector>

#include "cnnselect/result.h"
#include "engine/model_manager.h"
#include "model/catalog.h"

namespace cnnselect {

using Warnings = std::vector<std::string>;

/// Every member of every family has its accuracy. `unmeasured`: what lacks one is a warning, else
/// an error.
Result<Warnings> check_measured(const Catalog& catalog, bool unmeasured);

/// What is assumed of pixels because no family file says it. `models` are loaded.
Warnings unstated_input(const Catalog& catalog, const ModelManager& models);

/// One generated picture through each model (src/measure/trial.h). `models` are loaded.
Result<Warnings> try_pictures(const Catalog& catalog, ModelManager& models);

}  // namespace cnnselect
