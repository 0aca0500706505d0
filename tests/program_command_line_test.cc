// What the executable says to a command line, whatever the command.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/program.h"

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(ProgramCommandLine, AnUnknownOptionIsAnsweredWithTheNearestOneAndStatus2) {
  const Finished wrong = run({"serve", "--polcy", "ontime", "--check"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_EQ(wrong.errors,
            "cnnselect serve: there is no option '--polcy'\nDid you mean '--policy'?\n"
            "See: cnnselect serve --help\n");
  EXPECT_THAT(wrong.output, IsEmpty());
  const Finished strange = run({"simulate", "--xyzzy=1"});
  EXPECT_EQ(strange.status, 2);
  EXPECT_THAT(strange.errors, AllOf(HasSubstr("no option '--xyzzy'"), Not(HasSubstr("mean"))));
}

TEST(ProgramCommandLine, AnUnknownCommandIsAnsweredWithTheNearestOne) {
  const Finished wrong = run({"simlate", "--profile", "x.csv"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_EQ(wrong.errors,
            "cnnselect: there is no command 'simlate'\nDid you mean 'simulate'?\n"
            "See: cnnselect --help\n");
  EXPECT_EQ(run({}).status, 2);
}

TEST(ProgramCommandLine, ACommandBelowAnotherIsNamedWhole) {
  const Finished missing = run({"models", "list"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.errors, AllOf(HasSubstr("cnnselect models list: "),
                                    HasSubstr("See: cnnselect models list --help\n")));
  const Finished wrong = run({"models", "lst"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_EQ(wrong.errors,
            "cnnselect models: there is no command 'lst'\nDid you mean 'list'?\n"
            "See: cnnselect models --help\n");
}

TEST(ProgramCommandLine, TheHelpOfACommandThatThereIsNotIsAnError) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"export", "--help"}, {"models", "lst", "--help"}}) {
    const Finished wrong = run(arguments);
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.errors, HasSubstr("there is no command"));
    EXPECT_THAT(wrong.output, IsEmpty());
  }
  EXPECT_EQ(run({"models", "list", "--help"}).status, 0);
  EXPECT_EQ(run({"--version"}).status, 0);
}

TEST(ProgramCommandLine, AFolderIsNoPhoto) {
  const Finished wrong = run({"classify", CNNSELECT_SOURCE_DIR});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.errors, AllOf(HasSubstr(CNNSELECT_SOURCE_DIR), HasSubstr("s a directory")));
}

TEST(ProgramCommandLine, AValueThatIsNotAllowedIsNamedWithItsOption) {
  const Finished wrong = run({"serve", "--workers", "0"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.errors, AllOf(HasSubstr("cnnselect serve: "), HasSubstr("--workers")));
}

TEST(ProgramCommandLine, WhatIsProbablyAMistakeIsSaidInTheLog) {
  ASSERT_EQ(setenv("CNNSELECT_MAX_QUEU", "7", 1), 0);
  ASSERT_EQ(setenv("CNNSELECT_MAX_QUEUE", "7", 1), 0);
  const Finished open =
      run({"serve", "--http", "0.0.0.0:0", "--grpc", "off", "--workers", "1", "--check"});
  unsetenv("CNNSELECT_MAX_QUEU");
  unsetenv("CNNSELECT_MAX_QUEUE");
  EXPECT_EQ(open.status, 0) << open.errors;
  EXPECT_THAT(open.errors, AllOf(HasSubstr("CNNSELECT_MAX_QUEU is none"),
                                 Not(HasSubstr("CNNSELECT_MAX_QUEUE"))));
}

TEST(ProgramCommandLine, HelpIsNoErrorAndKnowsEachCommand) {
  EXPECT_EQ(run({"--help"}).status, 0);
  const Finished told = run({"help", "classify"});
  EXPECT_EQ(told.status, 0);
  EXPECT_EQ(told.output, run({"classify", "--help"}).output);
  EXPECT_EQ(run({"help"}).output, run({"--help"}).output);
  EXPECT_EQ(run({"help", "clasify"}).status, 2);
}

}  // namespace
}  // namespace cnnselect
