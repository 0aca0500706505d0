// Strong identifiers. A value of one cannot be passed for another.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace cnnselect {

/// A model's place in the Catalog (0, 1, ...): the same model in two families has two ids.
struct ModelId {
  std::uint32_t value = 0;
  friend auto operator<=>(ModelId, ModelId) = default;
};

/// A family's place in the Catalog.
struct FamilyId {
  std::uint32_t value = 0;
  friend auto operator<=>(FamilyId, FamilyId) = default;
};

/// Unique within one run of the server or the simulator; later requests have larger ids.
struct RequestId {
  std::uint64_t value = 0;
  friend auto operator<=>(RequestId, RequestId) = default;
};

}  // namespace cnnselect

template <>
struct std::hash<cnnselect::RequestId> {
  std::size_t operator()(cnnselect::RequestId id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};
