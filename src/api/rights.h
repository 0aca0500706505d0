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

/// Errors: kUnavailable, in the words that clients of the Open Inference Protocol know.
Status may_change_models(const Rights& rights);
Status may_change_settings(const Rights& rights);

/// The service's state with the extensions that this listener offers beside the service's own.
ServerState state_for(const InferenceApi& api, const Rights& rights, bool shared_memory);

}  // namespace cnnselect
