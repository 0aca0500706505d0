// network_facts(): what an ONNX file tells of the network in it, for a family file to begin with.
#pragma once

#include <filesystem>
#include <string>

#include "cnnselect/backend.h"
#include "model/family_draft.h"

namespace cnnselect {

/// Loads the network and runs a generated picture. `name` and an empty `file` are the caller's to
/// say. A network that takes any size is given 224 pixels. Errors: those of loading and running.
Result<NetworkFacts> network_facts(std::string name, const std::filesystem::path& file,
                                   Backend& backend);

}  // namespace cnnselect
