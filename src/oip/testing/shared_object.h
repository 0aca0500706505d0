// SharedObject: a POSIX shared memory object of a test's own, with the content it is given.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <string>

namespace cnnselect {

class SharedObject {
 public:
  explicit SharedObject(const std::string& content) {
    static std::atomic<int> made = 0;
    key_ = "/cnnselect_test_" + std::to_string(getpid()) + "_" + std::to_string(made++);
    file_ = shm_open(key_.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    EXPECT_GE(file_, 0) << key_;
    EXPECT_EQ(pwrite(file_, content.data(), content.size(), 0),
              static_cast<ssize_t>(content.size()));
  }
  SharedObject(const SharedObject&) = delete;
  SharedObject& operator=(const SharedObject&) = delete;
  ~SharedObject() {
    close(file_);
    shm_unlink(key_.c_str());
  }

  const std::string& key() const { return key_; }
  std::string content() const {
    struct stat status{};
    EXPECT_EQ(fstat(file_, &status), 0);
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    EXPECT_EQ(pread(file_, text.data(), text.size(), 0), status.st_size);
    return text;
  }
  void shorten(off_t bytes) const { EXPECT_EQ(ftruncate(file_, bytes), 0); }

 private:
  std::string key_;
  int file_ = -1;
};

}  // namespace cnnselect
