// A family file to begin with: what the networks themselves tell, and marks where a person must
// say the rest. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "cnnselect/backend.h"
#include "cnnselect/input_spec.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// What a network's file tells of it.
struct NetworkFacts {
  std::string name;  ///< a valid one
  std::string file;  ///< relative to the family file; empty: NAME/VERSION/model.onnx
  ElementType type = ElementType::kFp32;
  Layout layout = Layout::kNchw;
  Channels channels = Channels::kRgb;
  std::optional<PixelSize> size;  ///< nothing: the network takes any
  std::size_t classes = 0;
  OutputKind output = OutputKind::kLogits;  ///< probabilities: its scores look like them
};

/// What opens every comment about something that no file tells.
inline constexpr const char* kFillIn = "FILL IN";

/// The text of a family file that loads, if its labels are there. `labels`: the file's name;
/// `labels_known`: false marks it too. `networks` (at least one, of equally many classes) in the
/// order in which they shall stand. Error kInvalidArgument: they differ in their classes.
Result<std::string> family_draft(const std::string& family, const std::string& labels,
                                 bool labels_known, std::span<const NetworkFacts> networks);

}  // namespace cnnselect
