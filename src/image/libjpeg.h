// libjpeg's header, after those that it needs and does not include.
#pragma once

// clang-format off: it would sort them
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>
// clang-format on
