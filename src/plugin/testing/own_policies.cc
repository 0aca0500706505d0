// A plugin with two policies.
#include "fixed_policy.h"

namespace {
constexpr char kOne[] = "first-of-all";
constexpr char kOther[] = "first-too";
constexpr cnnselect::PolicyKind kFirst{
    .name = kOne,
    .rule = "The first",
    .make = cnnselect::make_plain<cnnselect::FixedPolicy<0, kOne>>};
constexpr cnnselect::PolicyKind kSecond{
    .name = kOther,
    .rule = "The first too",
    .make = cnnselect::make_plain<cnnselect::FixedPolicy<0, kOther>>};
}  // namespace

CNNSELECT_POLICY_PLUGIN(&kFirst, &kSecond);
