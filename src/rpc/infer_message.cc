#include "rpc/infer_message.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <cstdint>

namespace cnnselect::rpc {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

enum class Part { kRequest, kInput, kContents, kOther };

// Numbers of fields; open_inference.proto.
constexpr int kInputs = 5;         // of ModelInferRequest
constexpr int kContentsOfIn = 5;   // of InferInputTensor
constexpr int kBytesContents = 8;  // of InferTensorContents; those below are numbers

/// What lies in field `number` of `part`, when it has a length.
Part inside(Part part, int number) {
  if (part == Part::kRequest && number == kInputs) return Part::kInput;
  if (part == Part::kInput && number == kContentsOfIn) return Part::kContents;
  return Part::kOther;
}

/// Counts the fields from here to the end of `part` down from `left`; false when there are more, or
/// when that is no protobuf.
bool has_few_fields(CodedInputStream& in, Part part, std::size_t& left) {
  while (const std::uint32_t tag = in.ReadTag()) {
    const int number = WireFormatLite::GetTagFieldNumber(tag);
    const bool is_number = part == Part::kContents && number < kBytesContents;
    if (!is_number && left-- == 0) return false;
    const Part part_inside = inside(part, number);
    if (part_inside == Part::kOther ||
        WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&in, tag)) return false;
      continue;
    }
    const auto limit = in.ReadLengthAndPushLimit();
    if (!has_few_fields(in, part_inside, left) ||
        !in.CheckEntireMessageConsumedAndPopLimit(limit)) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<inference::ModelInferRequest> parse_infer_message(grpc::ByteBuffer& bytes) {
  grpc::ByteBuffer same = bytes;  // shares its bytes
  grpc::ProtoBufferReader reader(&same);
  CodedInputStream in(&reader);
  std::size_t left = kMaxMessageFields;
  if (!has_few_fields(in, Part::kRequest, left)) {
    bytes.Clear();
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("the message is not a ModelInferRequest of at most {} fields",
                            kMaxMessageFields));
  }
  inference::ModelInferRequest message;
  const grpc::Status parsed =
      grpc::SerializationTraits<inference::ModelInferRequest>::Deserialize(&bytes, &message);
  bytes.Clear();
  if (parsed.ok()) return message;
  return fail(ErrorCode::kInvalidArgument, "the message is not a ModelInferRequest");
}

}  // namespace cnnselect::rpc
