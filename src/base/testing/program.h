// Program: another program as a child process, what it prints kept in files. For tests and
// benchmarks of the real executable.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/testing/temporary_folder.h"
#include "cnnselect/time.h"

namespace cnnselect {

class Program {
 public:
  /// Starts it; throws std::system_error when that cannot be done. `arguments` without its name.
  Program(const std::string& executable, std::vector<std::string> arguments);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  /// Kills it if it still runs.
  ~Program();

  void signal(int number) const;
  /// Its exit status (128 + signal when one ended it), or nothing when it still runs after `limit`.
  std::optional<int> wait(Duration limit);
  /// Whether it has printed `text` on standard output; false also when it ends without.
  bool wait_for_output(const std::string& text, Duration limit);

  std::string output() const { return folder_.read("output"); }
  std::string errors() const { return folder_.read("errors"); }
  /// Bytes of physical memory that it holds now.
  std::uint64_t resident_bytes() const;
  /// Processor time that it has taken, of all its threads.
  Duration processor_time() const;
  std::size_t open_files() const;
  pid_t pid() const { return process_; }

 private:
  bool ended();

  TemporaryFolder folder_;
  pid_t process_ = -1;
  std::optional<int> status_;
};

/// The port of the first "<scheme>://...:<port>" in what a server printed; 0 without one.
std::uint16_t listening_port(const std::string& output, const std::string& scheme);

}  // namespace cnnselect
