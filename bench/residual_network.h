// A network of the size and shape of ResNet-50 with random weights: what counts for loading is that
// it is large, not what it has learnt.
#pragma once

#include <string>

namespace cnnselect::bench {

/// An ONNX file's bytes, about 102 MB: FP32 [1,3,224,224] to 1,000 classes.
std::string residual_network();

}  // namespace cnnselect::bench
