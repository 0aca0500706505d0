// Decodes a picture as the server does and writes its raw pixels, for tests that compare them with
// what others decode.
//
//   decode_picture FILE ENOUGH     ENOUGH as decode() takes it; 0: full size
//
// Standard output: a line "WIDTH HEIGHT", then the RGB rows. What is refused: 1, and why on
// standard error.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

#include "image/decode.h"

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  if (arguments.size() != 3) {
    std::fputs("usage: decode_picture FILE ENOUGH\n", stderr);
    return 2;
  }
  std::ifstream file(arguments[1], std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const auto image = cnnselect::decode(std::as_bytes(std::span(bytes)), cnnselect::DecodeLimits{},
                                       std::atoi(arguments[2]));
  if (!image) {
    std::fprintf(stderr, "%s\n", image.error().message.c_str());
    return 1;
  }
  std::printf("%d %d\n", image->width, image->height);
  std::fwrite(image->rgb.data(), 1, image->rgb.size(), stdout);
  return 0;
}
