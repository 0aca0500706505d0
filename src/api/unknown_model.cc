#include "api/unknown_model.h"

#include <utility>

namespace cnnselect {

Error unknown_model_first(const InferenceApi& api, std::string_view model, std::string_view version,
                          Error wrong) {
  const auto found = api.model(model, version);
  return found ? std::move(wrong) : found.error();
}

}  // namespace cnnselect
