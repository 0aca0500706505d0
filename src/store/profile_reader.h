// Reading one row of the store's profiles, which a person may have edited: what cannot be true is
// refused, with the bounds of a profile table (model/profile_table.h). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "cnnselect/result.h"
#include "store/database.h"
#include "store/profile_store.h"

namespace cnnselect {

/// "SELECT <what read_profile reads> FROM profile <rest>".
std::string select_profiles(std::string_view rest);

/// Of a row of that. Error kInvalidArgument: "model 'm': column 'top1' is '7'; it must be a
/// fraction from 0 to 1".
Result<StoredProfile> read_profile(const Statement& row);

}  // namespace cnnselect
