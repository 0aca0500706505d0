// A plugin of a later version, of which this program may know no more than the first field.
#include "cnnselect/policy_plugin.h"

extern "C" {
extern const cnnselect::PolicyPlugin cnnselect_policy_plugin __attribute__((visibility("default")));
const cnnselect::PolicyPlugin cnnselect_policy_plugin = {.abi = cnnselect::kPolicyAbi + 1};
}
