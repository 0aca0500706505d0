// PolicyPlugin: what a shared object exports so that --policy-plugin can load policies from it.
//
// One object with C linkage and plain contents, so that a program can look at the versions before
// it calls anything. The policies themselves are C++: they need the compiler and the standard
// library that the program was built with, or ones that are compatible. examples/policy has all
// that it takes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cnnselect/policy.h"

namespace cnnselect {

/// The version of what policies and programs know of each other: the headers selector.h and
/// policy.h. A program loads plugins of its own version only.
inline constexpr std::uint32_t kPolicyAbi = 1;

/// Sizes of all that is passed, and the C++ library's own version, in one number: other headers or
/// compilers whose objects differ give another one.
constexpr std::uint64_t policy_layout() {
  std::uint64_t mixed = _GLIBCXX_USE_CXX11_ABI;
  for (const std::size_t size :
       {sizeof(SelectionInput), sizeof(Candidate), sizeof(LoadView), sizeof(DeviceView),
        sizeof(Selection), sizeof(Selector), sizeof(Rng), sizeof(PolicyKind),
        sizeof(PolicyParameter), sizeof(PolicyValues), offsetof(SelectionInput, load),
        offsetof(LoadView, slowdown_deviation), offsetof(Candidate, cold_start)}) {
    mixed = mixed * 1'000'003 + size;
  }
  return mixed;
}

struct PolicyPlugin {
  std::uint32_t abi = kPolicyAbi;  ///< stays first in all versions
  std::uint32_t count = 0;
  std::uint64_t layout = policy_layout();
  const PolicyKind* const* policies = nullptr;  ///< `count` of them, for as long as it is loaded
};

/// The name of the one symbol.
inline constexpr const char* kPolicyPluginSymbol = "cnnselect_policy_plugin";

}  // namespace cnnselect

/// Once in a shared object, outside all namespaces: CNNSELECT_POLICY_PLUGIN(&kOnePolicy,
/// &kOtherPolicy).
#define CNNSELECT_POLICY_PLUGIN(...)                                                           \
  static constexpr const ::cnnselect::PolicyKind* cnnselect_plugin_policies[] = {__VA_ARGS__}; \
  extern "C" {                                                                                 \
  extern const ::cnnselect::PolicyPlugin cnnselect_policy_plugin                               \
      __attribute__((visibility("default")));                                                  \
  const ::cnnselect::PolicyPlugin cnnselect_policy_plugin = {                                  \
      .count = sizeof(cnnselect_plugin_policies) / sizeof(cnnselect_plugin_policies[0]),       \
      .policies = cnnselect_plugin_policies};                                                  \
  }                                                                                            \
  static_assert(true, "takes the semicolon")
