// A plugin of a compiler whose objects are larger.
#include "cnnselect/policy_plugin.h"

extern "C" {
extern const cnnselect::PolicyPlugin cnnselect_policy_plugin __attribute__((visibility("default")));
const cnnselect::PolicyPlugin cnnselect_policy_plugin = {.layout = cnnselect::policy_layout() + 8};
}
