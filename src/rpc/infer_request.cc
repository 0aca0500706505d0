#include "rpc/infer_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/request_hints.h"
#include "oip/binary_tensors.h"
#include "oip/oip_rules.h"
#include "oip/tensor_types.h"
#include "rpc/call_facts.h"
#include "rpc/typed_contents.h"

namespace cnnselect::rpc {
namespace {

using inference::InferParameter;
using inference::ModelInferRequest;

/// The one reserved key that a client may send.
constexpr std::string_view kEnableFinalResponse = "triton_enable_empty_final_response";

std::string_view kind_of(const InferParameter& parameter) {
  switch (parameter.parameter_choice_case()) {
    case InferParameter::kBoolParam:
      return "a boolean";
    case InferParameter::kInt64Param:
    case InferParameter::kUint64Param:
    case InferParameter::kDoubleParam:
      return "a number";
    case InferParameter::kStringParam:
      return "a string";
    case InferParameter::PARAMETER_CHOICE_NOT_SET:
      break;
  }
  return "nothing";
}

/// What a message shows of a value that should be a whole number.
std::string shown(const InferParameter& parameter) {
  if (parameter.parameter_choice_case() == InferParameter::kInt64Param) {
    return std::to_string(parameter.int64_param());
  }
  return std::string(kind_of(parameter));
}

std::optional<double> number(const InferParameter& parameter) {
  switch (parameter.parameter_choice_case()) {
    case InferParameter::kInt64Param:
      return static_cast<double>(parameter.int64_param());
    case InferParameter::kUint64Param:
      return static_cast<double>(parameter.uint64_param());
    case InferParameter::kDoubleParam:
      return parameter.double_param();
    default:
      return std::nullopt;
  }
}

Status read_whole_hint(const std::string& key, const InferParameter& parameter,
                       RequestHints& hints) {
  if (parameter.parameter_choice_case() == InferParameter::kUint64Param) {
    set_whole_hint(hints, key, parameter.uint64_param());
    return {};
  }
  const bool fits = parameter.parameter_choice_case() == InferParameter::kInt64Param &&
                    parameter.int64_param() >= 0;
  if (!fits) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is {}; want {}, as int64_param or uint64_param", key,
                            shown(parameter), kWholeHintWanted));
  }
  set_whole_hint(hints, key, static_cast<std::uint64_t>(parameter.int64_param()));
  return {};
}

Status read_hint(const std::string& key, const InferParameter& parameter, RequestHints& hints) {
  if (!is_hint(key)) return {};
  if (is_whole_hint(key)) return read_whole_hint(key, parameter, hints);
  const auto value = number(parameter);
  const bool is_text = parameter.parameter_choice_case() == InferParameter::kStringParam;
  if (!value && !is_text) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is {}; want a number or a string", key, kind_of(parameter)));
  }
  const auto set =
      value ? set_hint(hints, key, *value) : set_hint(hints, key, parameter.string_param());
  if (!set) return std::unexpected(set.error());
  return {};
}

/// What a stream's client says of answers that its model may add: a model here gives one answer,
/// which is the final one. Error kInvalidArgument: another type.
Status check_final_response(const InferParameter& parameter) {
  if (parameter.parameter_choice_case() == InferParameter::kBoolParam) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} is {}; want a bool_param", kEnableFinalResponse, kind_of(parameter)));
}

Status read_parameters(const ModelInferRequest& message, RequestHints& hints) {
  // In the order of the keys, so that of two mistakes the same one is always told.
  std::set<std::string> keys;
  for (const auto& [key, value] : message.parameters()) keys.insert(key);
  for (const std::string& key : keys) {
    const InferParameter& value = message.parameters().at(key);
    Status read;
    if (key == kEnableFinalResponse) {
      read = check_final_response(value);
    } else {
      read = check_not_reserved(key);
      if (read) read = read_hint(key, value, hints);
    }
    if (!read) return std::unexpected(read.error().within("parameters"));
  }
  return {};
}

Status read_shared_parameter(const std::string& key, const InferParameter& value,
                             SharedParameters& shared) {
  shared.any = true;
  if (key == kSharedRegion) {
    if (value.parameter_choice_case() != InferParameter::kStringParam) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} is {}; want a string_param", key, kind_of(value)));
    }
    shared.range.region = value.string_param();
  } else if (key == kSharedOffset || key == kSharedSize) {
    const bool fits =
        value.parameter_choice_case() == InferParameter::kInt64Param && value.int64_param() >= 0;
    if (!fits) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} is {}; want an int64_param of 0 or more", key, shown(value)));
    }
    (key == kSharedOffset ? shared.range.offset : shared.range.size) =
        static_cast<std::uint64_t>(value.int64_param());
  }
  return {};
}

/// Where the tensor of these parameters is said to be, if in shared memory.
Result<std::optional<SharedRange>> read_shared(
    const google::protobuf::Map<std::string, InferParameter>& parameters) {
  SharedParameters shared;
  for (const auto& [key, value] : parameters) {
    Status read = check_not_reserved(key);
    if (read && key.starts_with("shared_memory_")) read = read_shared_parameter(key, value, shared);
    if (!read) return std::unexpected(read.error());
  }
  return shared.complete();
}

Result<RequestedOutput> read_output(const ModelInferRequest::InferRequestedOutputTensor& message) {
  // Whatever binary_data says: answers are raw bytes here.
  RequestedOutput output{.name = message.name(), .binary = true};
  auto shared = read_shared(message.parameters());
  if (!shared) return std::unexpected(shared.error());
  output.shared = *std::move(shared);
  for (const auto& [key, value] : message.parameters()) {
    if (key != "classification") continue;
    const bool fits = value.parameter_choice_case() == InferParameter::kInt64Param &&
                      value.int64_param() >= 1 &&
                      value.int64_param() <= std::numeric_limits<int>::max();
    if (!fits) {
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("classification is {}; want an int64_param of 1 or more", shown(value)));
    }
    output.classification = static_cast<int>(value.int64_param());
  }
  return output;
}

/// Where the bytes of an input of this shape come from: raw bytes are taken from `raw`, nullptr
/// where the request has none.
Status read_bytes(const ModelInferRequest::InferInputTensor& message, std::string* raw,
                  InferRequest& request, InferInput& input) {
  const auto type = parse_datatype(input.datatype);
  if (!type) return std::unexpected(type.error());
  if (raw != nullptr) {
    if (message.has_contents()) {
      return fail(ErrorCode::kInvalidArgument,
                  "contents are given beside raw_input_contents; want one of them");
    }
    const Status fits = check_tensor_bytes(std::as_bytes(std::span(*raw)), *type, input.shape);
    if (!fits) return std::unexpected(fits.error().within("unexpected size for input"));
    if (request.body.empty()) {  // the first, and with most models the only one, is not copied
      request.body = std::move(*raw);
      BinaryTensors tensors(request.body, 0, request.storage);
      input.bytes = tensors.take(tensors.left(), *type);
      return {};
    }
    const auto bytes = std::as_bytes(std::span(*raw));
    request.storage.emplace_back(bytes.begin(), bytes.end());
  } else {
    auto bytes = bytes_of_contents(message.contents(), *type, input.shape);
    if (!bytes) return std::unexpected(bytes.error());
    request.storage.push_back(*std::move(bytes));
  }
  input.bytes = request.storage.back();
  return {};
}

bool is_shared(const ModelInferRequest::InferInputTensor& message) {
  return std::ranges::any_of(message.parameters(), [](const auto& parameter) {
    return parameter.first.starts_with("shared_memory_");
  });
}

Result<InferInput> read_input(const ModelInferRequest::InferInputTensor& message, std::string* raw,
                              InferRequest& request) {
  if (static_cast<std::size_t>(message.shape_size()) > kMaxRank) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("shape has more than {} dimensions", kMaxRank));
  }
  InferInput input{.name = message.name(),
                   .datatype = message.datatype(),
                   .shape = {message.shape().begin(), message.shape().end()},
                   .bytes = {}};
  if (is_shared(message)) {
    auto shared = read_shared(message.parameters());
    if (!shared) return std::unexpected(shared.error());
    input.shared = *std::move(shared);
    if (message.has_contents()) {
      return fail(ErrorCode::kInvalidArgument,
                  "contents are given beside shared_memory_region; want one of them");
    }
    return input;
  }
  if (const Status read = read_bytes(message, raw, request, input); !read) {
    return std::unexpected(read.error());
  }
  return input;
}

/// Whether a tensor of this name is among those read so far.
bool has_name(const auto& tensors, const std::string& name) {
  return std::ranges::any_of(tensors, [&](const auto& other) { return other.name == name; });
}

Status read_inputs(ModelInferRequest& message, InferRequest& request) {
  const int inputs = message.inputs_size();
  const int raws = message.raw_input_contents_size();
  if (inputs == 0) {
    return fail(ErrorCode::kInvalidArgument, "the request has no inputs; want at least one");
  }
  const auto sent = static_cast<int>(std::ranges::count(message.inputs(), false, is_shared));
  if (raws != 0 && raws != sent) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} raw_input_contents for {} inputs that are not in shared memory; "
                            "want one for each, or none",
                            raws, sent));
  }
  int next_raw = 0;
  for (int i = 0; i < inputs; ++i) {
    const auto index = static_cast<std::size_t>(i);
    if (Status few = check_number_of_tensors("input", index); !few) return few;
    const auto& one = message.inputs(i);
    const bool is_raw = raws != 0 && !is_shared(one);
    auto input =
        read_input(one, is_raw ? message.mutable_raw_input_contents(next_raw++) : nullptr, request);
    if (!input) {
      return std::unexpected(input.error().within(tensor_place("input", index, one.name())));
    }
    const bool taken = has_name(request.inputs, input->name);
    if (Status named = check_tensor_name("input", index, input->name, taken); !named) {
      return named;
    }
    request.inputs.push_back(*std::move(input));
  }
  return {};
}

Status read_outputs(const ModelInferRequest& message, InferRequest& request) {
  for (int i = 0; i < message.outputs_size(); ++i) {
    const auto index = static_cast<std::size_t>(i);
    if (Status few = check_number_of_tensors("output", index); !few) return few;
    const auto& one = message.outputs(i);
    auto output = read_output(one);
    if (!output) {
      return std::unexpected(output.error().within(tensor_place("output", index, one.name())));
    }
    const bool taken = has_name(request.outputs, output->name);
    if (Status named = check_tensor_name("output", index, output->name, taken); !named) {
      return named;
    }
    request.outputs.push_back(*std::move(output));
  }
  return {};
}

}  // namespace

NamedModel named_model(const ModelInferRequest& message) {
  const std::string& version = message.model_version();
  return {message.model_name(), is_version(version) ? version : ""};
}

Result<InferRequest> read_infer_request(ModelInferRequest message, RequestHints hints) {
  InferRequest request{.model = std::move(*message.mutable_model_name()),
                       .version = std::move(*message.mutable_model_version()),
                       .id = std::move(*message.mutable_id()),
                       .hints = std::move(hints),
                       .binary_by_default = true};
  Status read = check_version(request.model, request.version);
  if (read) read = check_id(request.id);
  if (read) read = read_parameters(message, request.hints);
  if (read) read = read_inputs(message, request);
  if (read) read = read_outputs(message, request);
  if (!read) return std::unexpected(read.error());
  return request;
}

}  // namespace cnnselect::rpc
