// A trial: one generated picture through a network, as a request's would go, to see whether its
// answer is what the family file says it is. Any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cnnselect/backend.h"
#include "model/family.h"

namespace cnnselect {

/// Doubts about a network's scores of one picture, in words that end a sentence about it; none when
/// they look like `kind`. Error kInvalidArgument: they are no scores of that kind at all (none is a
/// finite number, or some lie outside 0 .. 1 and are said to be probabilities).
Result<std::vector<std::string>> judge_scores(std::span<const float> scores, OutputKind kind);

/// All are fractions that sum to 1, as far as 16 bits tell.
bool look_like_probabilities(std::span<const float> scores);

/// The scores of a generated picture, which has colours and edges. Errors: the run's.
Result<std::vector<float>> scores_of_picture(const InputSpec& input, LoadedModel& model);

/// Runs a picture with colours and edges through `model`, which is `member`'s network. Gives doubts
/// for the operator, each naming member and file. Errors name them too: the run's, and those of
/// judge_scores().
Result<std::vector<std::string>> try_picture(const FamilyMember& member, LoadedModel& model);

}  // namespace cnnselect
