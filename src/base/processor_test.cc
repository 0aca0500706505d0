#include "base/processor.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(Processor, IsToldOfInOneLine) {
  EXPECT_NE(processor_text().find(" cores"), std::string::npos);
  EXPECT_EQ(processor_text().find('\n'), std::string::npos);
}

TEST(Processor, HasNamedInstructionSets) {
  EXPECT_EQ(processor_features(), processor_features());
#ifdef __x86_64__
  EXPECT_NE(processor_features().find(" sse2 "), std::string::npos) << processor_features();
#endif
}

}  // namespace
}  // namespace cnnselect
