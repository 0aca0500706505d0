// The policies that this shared object brings: `--policy-plugin ./half_budget.so`.
#include "cnnselect/policy_plugin.h"

namespace cnnselect {
extern const PolicyKind kHalfBudgetPolicy;
}

CNNSELECT_POLICY_PLUGIN(&cnnselect::kHalfBudgetPolicy);
