// What a shell is told that may stand next on a command line, and the scripts that ask.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/program.h"

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// The last word is the one that is being typed.
std::string offered(std::vector<std::string> words) {
  words.insert(words.begin(), "complete");
  const Finished told = run(words);
  EXPECT_EQ(told.status, 0) << told.errors;
  return told.output;
}

TEST(ProgramCompletion, OffersCommandsAndOptionsThatBeginAsTyped) {
  EXPECT_EQ(offered({"profi"}), "words\nprofile\tWhat a server has learnt of its models\n");
  EXPECT_THAT(offered({"profile", ""}), AllOf(HasSubstr("show\t"), HasSubstr("reset\t")));
  EXPECT_THAT(offered({"serve", "--max-q"}), StartsWith("words\n--max-queue\tWaiting requests"));
  EXPECT_THAT(offered({"profile", "reset", "store.db", "--a"}), HasSubstr("--all\t"));
  EXPECT_EQ(offered({"serve", "--xyzzy"}), "words\n");
}

TEST(ProgramCompletion, OffersTheValuesOfAnOption) {
  EXPECT_EQ(offered({"serve", "--late", "re"}), "words\nreject\t\n");
  EXPECT_EQ(offered({"serve", "--policy", "onti"}), "words\nontime\t\n");
  EXPECT_EQ(offered({"serve", "--policies", "fastest,onti"}), "words\nfastest,ontime\t\n");
  EXPECT_EQ(offered({"simulate", "--policy", "ora"}), "words\noracle\t\n");
  EXPECT_EQ(offered({"serve", "--admin", ""}), "words\noff\t\n") << "no address can be guessed";
  EXPECT_EQ(offered({"completion", "z"}), "words\nzsh\t\n");
}

TEST(ProgramCompletion, ReadsANameAndItsValueInOneWordAndInThree) {
  EXPECT_EQ(offered({"serve", "--late=re"}), "words\n--late=reject\t\n");
  EXPECT_EQ(offered({"serve", "--late", "=", "re"}), "words\nreject\t\n");
  EXPECT_THAT(offered({"serve", "--late", "="}), HasSubstr("reject\t"));
}

TEST(ProgramCompletion, SaysWhereFilesAndFoldersFit) {
  EXPECT_EQ(offered({"serve", "--models", ""}), "folders\n");
  EXPECT_EQ(offered({"classify", "ph"}), "files\n");
  EXPECT_EQ(offered({"classify", "photo.jpg", ""}), "files\n") << "there may be several";
  EXPECT_THAT(offered({"simulate", "--arrivals", "poi"}), "files\npoisson\t\n");
}

TEST(ProgramCompletion, ThereIsAScriptForEachShell) {
  EXPECT_THAT(run({"completion", "bash"}).output, HasSubstr("complete -F _cnnselect cnnselect"));
  EXPECT_THAT(run({"completion", "zsh"}).output, StartsWith("#compdef cnnselect"));
  EXPECT_THAT(run({"completion", "fish"}).output, HasSubstr("complete -c cnnselect"));
  const Finished unknown = run({"completion", "ksh"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.errors, AllOf(HasSubstr("ksh"), HasSubstr("fish")));
}

TEST(ProgramManual, KnowsEveryCommand) {
  EXPECT_THAT(run({"man"}).output, StartsWith(".TH cnnselect 1 \"20"));
  const Finished page = run({"man", "profile", "reset"});
  EXPECT_EQ(page.status, 0);
  EXPECT_THAT(page.output, AllOf(StartsWith(".TH cnnselect\\-profile\\-reset 1 "),
                                 HasSubstr("\\fB\\-\\-model\\fR \\fIMODEL\\fR\n"),
                                 HasSubstr("cnnselect profile reset store.db \\-\\-all\n"),
                                 HasSubstr(".SH SEE ALSO\n\\fBcnnselect\\-profile\\fR(1)")));
  const Finished unknown = run({"man", "profile", "rest"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("cnnselect-profile rest"));
}

TEST(ProgramManual, DependsOnNoMachine) {
  const std::string page = run({"man", "serve"}).output;
  EXPECT_THAT(page,
              Not(HasSubstr(std::filesystem::path(CNNSELECT_PROGRAM).parent_path().string())));
  EXPECT_THAT(page, HasSubstr("one a processor"));
}

}  // namespace
}  // namespace cnnselect
