// For threads whose work may wait: others on the machine come first. Any thread, for itself.
#pragma once

namespace cnnselect {

/// Lowers the calling thread's own priority; who may not do so goes on at the usual one.
void lower_own_priority();

/// From now on the calling thread gets only what others leave: any of usual priority takes the
/// processor from it at once. Others are this process's and those of its control group (or session,
/// where the kernel groups by that); between groups the groups' own shares count. There is no way
/// back. Such a thread must hold nothing that others wait for: on a busy machine it may not run for
/// seconds.
void take_only_idle_time();

}  // namespace cnnselect
