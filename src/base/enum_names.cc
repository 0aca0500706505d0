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
  switch (type) {
    case ElementType::kFp32:
      return "FP32";
    case ElementType::kUint8:
      return "UINT8";
    case ElementType::kFp16:
      return "FP16";
  }
  return "unknown";
}

std::size_t size_of(ElementType type) {
  switch (type) {
    case ElementType::kFp32:
      return 4;
    case ElementType::kFp16:
      return 2;
    case ElementType::kUint8:
      break;
  }
  return 1;
}

}  // namespace cnnselect
