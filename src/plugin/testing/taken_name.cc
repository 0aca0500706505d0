// A plugin whose policy has the name of one of ours.
#include "fixed_policy.h"

namespace {
constexpr char kName[] = "ontime";
constexpr cnnselect::PolicyKind kTaken{
    .name = kName,
    .rule = "The first",
    .make = cnnselect::make_plain<cnnselect::FixedPolicy<0, kName>>};
}  // namespace

CNNSELECT_POLICY_PLUGIN(&kTaken);
