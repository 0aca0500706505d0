// For tests: requests of the Open Inference Protocol from text, and what is in them.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "oip/oip_request.h"

namespace cnnselect {

inline Result<InferRequest> parse_json(const std::string& json) {
  return parse_infer_request(json, json.size(), {});
}

inline Result<InferRequest> parse_binary(const std::string& json, const std::string& tensors) {
  return parse_infer_request(json + tensors, json.size(), {});
}

template <class T>
std::vector<T> values(const InferInput& input) {
  std::vector<T> out(input.bytes.size() / sizeof(T));
  std::memcpy(out.data(), input.bytes.data(), out.size() * sizeof(T));
  return out;
}

template <class T>
std::string bytes_of(const std::vector<T>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(T)};
}

inline std::string text_of(const InferInput& input) {
  return {reinterpret_cast<const char*>(input.bytes.data()), input.bytes.size()};
}

/// The message of a request with one input of these fields.
inline std::string error_of_input(const std::string& fields) {
  const auto request = parse_json(R"({"inputs":[{)" + fields + "}]}");
  return request ? "accepted" : request.error().message;
}

}  // namespace cnnselect
