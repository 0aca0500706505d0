// cold_start(): how long a model takes that is not in memory: its load and its first run.
//
// Only the first load of a process is cold through and through: later ones find the runtime's code
// in memory and its allocator warm. So each sample wants a process of its own, which the program
// starts (apps/cnnselect/evaluate_command.h).
#pragma once

#include "cnnselect/backend.h"
#include "cnnselect/time.h"
#include "model/family.h"

namespace cnnselect {

/// Loads the member and runs a black picture. `labels`: the family's number of classes. Errors:
/// those of loading, of a network that does not fit its family file, and of the run.
Result<Duration> cold_start(const FamilyMember& member, std::size_t labels, Backend& backend,
                            const Clock& clock);

}  // namespace cnnselect
