#include "api/unknown_model.h"

namespace cnnselect {

Error unknown_model_first(const InferenceApi& api, std::string_view model, std::string_view version,
                          const Error& wrong) {
  const auto found = api.model(model, version);
  return found ? wrong : found.error();
}

}  // namespace cnnselect
