// What the clients of one listener may change beside asking: the same service may stand behind a
// listener for everybody and one for administrators. Pure; any thread.
#pragma once

#include "api/inference_api.h"
#include "cnnselect/result.h"

namespace cnnselect {

struct Rights {
  bool models = false;    ///< load and unload
  bool settings = false;  ///< of the log and of traces
};

enum class Right { kNone, kModels, kSettings };

/// Error kUnavailable, in the words that clients of the Open Inference Protocol know: the listener
/// has not the right.
Status check_right(const Rights& rights, Right right);

/// The service's state with the extensions that this listener offers beside the service's own.
ServerState state_for(const InferenceApi& api, const Rights& rights, bool shared_memory);

}  // namespace cnnselect
