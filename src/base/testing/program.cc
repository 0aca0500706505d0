#include "base/testing/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>

namespace cnnselect {
namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(1);

}  // namespace

Program::Program(const std::string& executable, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), executable);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, (folder_.path() / "output").c_str(),
                                   kFlags, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, (folder_.path() / "errors").c_str(),
                                   kFlags, 0600);
  const int failed =
      posix_spawn(&process_, executable.c_str(), &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::system_error(failed, std::generic_category(), executable);
}

Program::~Program() {
  if (ended()) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

void Program::signal(int number) const {
  if (!status_) kill(process_, number);
}

bool Program::ended() {
  if (status_) return true;
  int how = 0;
  if (waitpid(process_, &how, WNOHANG) != process_) return false;
  status_ = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
  return true;
}

std::optional<int> Program::wait(Duration limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!ended() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(kLookAgain);
  }
  return status_;
}

bool Program::wait_for_output(const std::string& text, Duration limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (output().find(text) == std::string::npos) {
    if (ended() || std::chrono::steady_clock::now() >= until) {
      return output().find(text) != std::string::npos;
    }
    std::this_thread::sleep_for(kLookAgain);
  }
  return true;
}

std::uint64_t Program::resident_bytes() const {
  std::ifstream file("/proc/" + std::to_string(process_) + "/statm");
  std::uint64_t pages = 0;
  file >> pages >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

Duration Program::processor_time() const {
  std::ifstream file("/proc/" + std::to_string(process_) + "/stat");
  std::string field;
  std::getline(file, field, ')');  // its name may hold spaces; two fields of 15 are before here
  for (int number = 3; number <= 13; ++number) file >> field;
  std::int64_t user = 0;
  std::int64_t system = 0;
  file >> user >> system;
  return std::chrono::milliseconds((user + system) * 1'000 / sysconf(_SC_CLK_TCK));
}

std::size_t Program::open_files() const {
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(process_) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

std::uint16_t listening_port(const std::string& output, const std::string& scheme) {
  const auto url = output.find(scheme + "://");
  if (url == std::string::npos) return 0;
  const auto end = output.find('\n', url);
  const auto colon = output.rfind(':', end);
  return static_cast<std::uint16_t>(std::stoi(output.substr(colon + 1)));
}

}  // namespace cnnselect
