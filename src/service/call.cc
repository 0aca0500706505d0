#include "service/call.h"

namespace cnnselect {

Result<std::unique_ptr<InputSource>> Call::decode(std::span<const std::byte> photo) const {
  if (flight_.cancelled()) {
    return fail(ErrorCode::kCancelled, "the client went away before its photo was decoded");
  }
  return decode_photo(photo, context_.options.decode, context_.catalog, target_.members);
}

std::optional<bool> Call::in_time(TimePoint ready) const {
  if (!terms_.has_sla()) return std::nullopt;
  return ready <= deadline(terms_.timing);
}

}  // namespace cnnselect
