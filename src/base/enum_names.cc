// The wire names of the enumerations that stand in public headers.
#include "cnnselect/backend.h"
#include "cnnselect/selector.h"

namespace cnnselect {

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::kFastestFallback:
      return "fastest-fallback";
    case Reason::kBaseOnly:
      return "base-only";
    case Reason::kExplored:
      return "explored";
    case Reason::kFixed:
      return "fixed";
    case Reason::kUseDevice:
      return "use-device";
  }
  return "unknown";
}

std::string_view to_string(ElementType type) {
  return type == ElementType::kFp32 ? "FP32" : "UINT8";
}

std::size_t size_of(ElementType type) { return type == ElementType::kFp32 ? 4 : 1; }

}  // namespace cnnselect
