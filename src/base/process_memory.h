// What this process takes of the machine's memory.
#pragma once

#include <cstdint>

namespace cnnselect {

/// Resident bytes; 0 where the system does not tell.
std::uint64_t resident_bytes();
/// The same after the allocator has given back what it keeps of freed memory, which would hide what
/// is loaded next.
std::uint64_t resident_bytes_trimmed();

}  // namespace cnnselect
