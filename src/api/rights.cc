#include "api/rights.h"

namespace cnnselect {

Status check_right(const Rights& rights, Right right) {
  if (right == Right::kModels && !rights.models) {
    return fail(ErrorCode::kUnavailable,
                "explicit model load / unload is not allowed: this listener was started without "
                "--model-control explicit");
  }
  if (right == Right::kSettings && !rights.settings) {
    return fail(ErrorCode::kUnavailable,
                "settings cannot be changed: this listener was started without --settings-control");
  }
  return {};
}

ServerState state_for(const InferenceApi& api, const Rights& rights, bool shared_memory) {
  ServerState state = api.state();
  if (rights.models) state.extensions.emplace_back("model_repository");
  if (shared_memory) state.extensions.emplace_back("system_shared_memory");
  return state;
}

}  // namespace cnnselect
