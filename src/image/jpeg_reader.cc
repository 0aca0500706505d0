#include "image/jpeg_reader.h"

#include <fmt/format.h>
#include <jerror.h>

#include <new>

namespace cnnselect {
namespace {

JpegReader& reader_of(j_common_ptr state) { return *static_cast<JpegReader*>(state->client_data); }

}  // namespace

JpegReader::JpegReader(std::span<const std::byte> jpeg) {
  state_.err = jpeg_std_error(&errors_);
  state_.client_data = this;
  errors_.error_exit = on_error;
  errors_.emit_message = on_message;
  progress_.progress_monitor = on_progress;
  run([&](jpeg_decompress_struct& state) {
    jpeg_create_decompress(&state);
    state.progress = &progress_;
    jpeg_mem_src(&state, reinterpret_cast<const unsigned char*>(jpeg.data()), jpeg.size());
  });
}

JpegReader::~JpegReader() { jpeg_destroy_decompress(&state_); }

void JpegReader::on_error(j_common_ptr state) {
  JpegReader& reader = reader_of(state);
  if (state->err->msg_code == JERR_OUT_OF_MEMORY) reader.no_memory_ = true;
  state->err->format_message(state, reader.message_.data());
  reader.leave();
}

// Levels of 0 and more tell of what is well. Stray bytes between markers are common and harmless:
// the decoder goes on. It would after missing data too, and fill what it has not got with gray.
void JpegReader::on_message(j_common_ptr state, int level) {
  if (level >= 0) return;
  JpegReader& reader = reader_of(state);
  if (state->err->msg_code == JWRN_JPEG_EOF) reader.ended_ = true;
  if (state->err->msg_code != JWRN_HIT_MARKER) return;
  *fmt::format_to_n(reader.message_.data(), reader.message_.size() - 1,
                    "picture data is missing before a marker")
       .out = '\0';
  reader.leave();
}

void JpegReader::on_progress(j_common_ptr state) {
  JpegReader& reader = reader_of(state);
  if (reader.most_scans_ == 0 || reader.state_.input_scan_number <= reader.most_scans_) return;
  *fmt::format_to_n(reader.message_.data(), reader.message_.size() - 1,
                    "it has more than {} scans, which is the most for its {} x {} pixels",
                    reader.most_scans_, reader.state_.image_width, reader.state_.image_height)
       .out = '\0';
  reader.leave();
}

void JpegReader::leave() { std::longjmp(failed_, 1); }

Error JpegReader::error() const {
  if (no_memory_) throw std::bad_alloc();
  return {ErrorCode::kInvalidArgument, fmt::format("the JPEG cannot be decoded: {}",
                                                   ended_ ? "it is truncated" : message_.data())};
}

}  // namespace cnnselect
