// For threads whose work may wait: others on the machine come first. Any thread, for itself.
#pragma once

namespace cnnselect {

/// Lowers the calling thread's own priority; who may not do so goes on at the usual one.
void lower_own_priority();

}  // namespace cnnselect
