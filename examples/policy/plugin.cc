// The policies that this shared object brings: `--policy-plugin ./half_budget.so`.
#include "cnnselect/policy_plugin.h"

namespace cnnselect {
extern const PolicyKind half_budget_policy;
}

CNNSELECT_POLICY_PLUGIN(&cnnselect::half_budget_policy);
