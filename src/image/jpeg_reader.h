// JpegReader: libjpeg's decoder on bytes in memory. libjpeg reports an error by a call that must
// not return; here that call jumps back into run(), which says false. One thread at a time.
#pragma once

#include <array>
#include <csetjmp>
#include <cstddef>
#include <span>

#include "cnnselect/result.h"
#include "image/libjpeg.h"

namespace cnnselect {

class JpegReader {
 public:
  /// `jpeg` outlives the reader.
  explicit JpegReader(std::span<const std::byte> jpeg);
  ~JpegReader();
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  jpeg_decompress_struct& state() { return state_; }
  const jpeg_decompress_struct& state() const { return state_; }

  /// Calls `step`, which calls libjpeg; false when that failed: error() tells why, and nothing but
  /// the destructor may be called then. `step` must own nothing: a jump leaves it, no unwinding.
  template <class Step>
  bool run(const Step& step) {
    // Not an exception: libjpeg is C, and none may pass through it.
    if (setjmp(failed_) != 0) return false;
    step(state_);
    return true;
  }

  /// Ends the step at its scan number `scans` + 1. A progressive file may repeat its scans without
  /// end, each of which takes as long as the picture is large.
  void limit_scans(int scans) { most_scans_ = scans; }

  /// Whether more was read than there is, which happens at the end of the picture's data if no
  /// end-of-image marker follows.
  bool ended() const { return ended_; }

  /// Why run() said false. Throws std::bad_alloc where libjpeg had no memory.
  Error error() const;

 private:
  static void on_error(j_common_ptr state);
  static void on_message(j_common_ptr state, int level);
  static void on_progress(j_common_ptr state);
  [[noreturn]] void leave();

  jpeg_decompress_struct state_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf failed_{};
  std::array<char, JMSG_LENGTH_MAX> message_{};
  int most_scans_ = 0;  ///< 0: any number
  bool ended_ = false;
  bool no_memory_ = false;
};

}  // namespace cnnselect
