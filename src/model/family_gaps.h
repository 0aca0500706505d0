// What a family file may leave out, and what that would do: said before anything is served.
// Pure functions; any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cnnselect/backend.h"
#include "model/family.h"

namespace cnnselect {

/// Whether every member states its `top1`: without one an accuracy counts as 0, and a policy that
/// weighs accuracies has nothing to weigh. Error kInvalidArgument, naming the members, the file and
/// the command that measures them.
Status check_measured(const Family& family);

/// What is assumed of members that state no `mean` or no `std` although their network takes
/// normalised pixels; in words for the operator, nothing when there is none. `inputs`: the members'
/// input types, in their order.
std::vector<std::string> unstated_normalisation(const Family& family,
                                                std::span<const ElementType> inputs);

}  // namespace cnnselect
