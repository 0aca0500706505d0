#include "api/rights.h"

namespace cnnselect {

Status may_change_models(const Rights& rights) {
  if (rights.models) return {};
  return fail(ErrorCode::kUnavailable,
              "explicit model load / unload is not allowed: this listener was started without "
              "--model-control explicit");
}

Status may_change_settings(const Rights& rights) {
  if (rights.settings) return {};
  return fail(ErrorCode::kUnavailable,
              "settings cannot be changed: this listener was started without --settings-control");
}

ServerState state_for(const InferenceApi& api, const Rights& rights, bool shared_memory) {
  ServerState state = api.state();
  if (rights.models) state.extensions.emplace_back("model_repository");
  if (shared_memory) state.extensions.emplace_back("system_shared_memory");
  return state;
}

}  // namespace cnnselect
