// What makes a network an image classifier that cnnselect can serve, and whether it is the one that
// its family file describes. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cnnselect/backend.h"
#include "model/family.h"

namespace cnnselect {

/// Whether `input` and `output` are those of an image classifier, see OnnxRuntimeBackend::load.
/// Error: kInvalidArgument.
Status check_classifier(const TensorSpec& input, const TensorSpec& output);

/// Whether `given` may be fed to `input`: same type and rank, equal dimensions where they are
/// fixed, as many bytes as the shape says. Error: kInvalidArgument.
Status check_tensor(const TensorSpec& input, const TensorView& given);

/// The shape of a classifier's output as [batch,classes]: dimensions of 1 between or behind the two
/// are dropped, and one image's bare row of classes gets its batch.
std::vector<std::int64_t> as_rows(std::vector<std::int64_t> shape);

/// Whether the loaded network takes the tensor that the family file makes (layout, size, channels,
/// one image at a time) and has one output per label. Error: kInvalidArgument, naming member and
/// file.
Status check_member(const FamilyMember& member, std::size_t labels, const LoadedModel& model);

}  // namespace cnnselect
