// InferenceApi: what a protocol asks of the product, in no protocol's words. Routes (HTTP)
// and rpc (gRPC) translate the wire to these values and back; src/service implements the interface.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/trace_context.h"
#include "cnnselect/result.h"
#include "cnnselect/time.h"

namespace cnnselect {

using Parameter = std::variant<bool, std::int64_t, double, std::string>;
using Parameters = std::map<std::string, Parameter, std::less<>>;

/// What a client says about its request: `x-cnnselect-*` headers, query, form fields or OIP
/// `parameters`, all under the same names (sla_ms, rtt_ms, ...). Validated: durations are finite
/// and
/// >= 0, sla is > 0 and at most an hour, device_top1 is in [0, 1].
struct RequestHints {
  std::optional<Duration> sla;          ///< sla_ms
  std::optional<Duration> rtt;          ///< rtt_ms: replaces the connection's own round trip
  std::optional<Duration> elapsed;      ///< elapsed_ms: spent on the device before sending
  std::optional<Duration> device;       ///< device_ms: T_D, the device's own time for the task
  std::optional<double> device_top1;    ///< device_top1: accuracy of the device's own model
  std::optional<Duration> last_output;  ///< last_output_ms: how long the previous answer took back
  std::optional<Duration> last_input;   ///< last_input_ms: t_input_ms of that previous answer
  std::optional<Duration> threshold;    ///< threshold_ms: T_threshold
  std::string network_class;            ///< network_class: "wifi", "lte", ...; empty: not told
  std::string policy;                   ///< policy: empty: the server's default
  std::optional<std::uint64_t> priority;  ///< priority: 1 goes first; 0: the server's default
  /// timeout, in microseconds: how long it may wait in the queue; zero: as long as the server
  /// lets it.
  std::optional<Duration> timeout;
};

/// How the request arrived, as the transport saw it.
struct Arrival {
  TimePoint first_byte;
  TimePoint last_byte;
  std::optional<Duration> rtt;
  /// Where the client is, as far as can be told: the same for requests of one connection at least.
  std::string peer;
  std::string key;  ///< the name of its API key; empty where none is needed
};

struct ServerState {
  std::string name;
  std::string version;
  std::vector<std::string> extensions;  ///< of the protocol, whoever asks; see state_for
  bool live = true;
  bool ready = false;
  std::vector<std::string> models;  ///< families first, then their members
};

struct TensorInfo {
  std::string name;
  std::string datatype;             ///< OIP spelling: FP32, UINT8, BYTES
  std::vector<std::int64_t> shape;  ///< -1: free
};

/// How requests wait. For clients that ask before they send.
struct QueueInfo {
  std::uint64_t priority_levels = 1;
  std::uint64_t default_priority = 1;
  std::uint64_t max_waiting = 0;
  Duration timeout{};  ///< of those who ask for none; zero: none
};

struct ModelInfo {
  std::string name;
  std::vector<std::string> versions;
  std::string platform;  ///< "onnxruntime_onnx"; a family: "cnnselect_family"
  std::vector<TensorInfo> inputs;
  std::vector<TensorInfo> outputs;
  bool ready = false;
  std::int64_t max_batch = 0;  ///< images in one request
  std::int64_t instances = 0;  ///< inferences at a time
  QueueInfo queue;
};

enum class ModelState { kReady, kLoading, kUnavailable };

/// A line of the repository's index.
struct RepositoryEntry {
  std::string name;
  std::string version;
  ModelState state = ModelState::kUnavailable;
  std::string reason;  ///< why not ready; may be empty
};

/// Where a tensor lies in a registered region of shared memory.
struct SharedRange {
  std::string region;
  std::uint64_t offset = 0;  ///< bytes from the region's beginning
  std::uint64_t size = 0;    ///< bytes
  friend bool operator==(const SharedRange&, const SharedRange&) = default;
};

/// One input tensor of a request. `bytes` are row-major, little-endian, in the layout of OIP's
/// binary extension (BYTES: each element a uint32 length and its bytes); they point into
/// InferRequest::body or InferRequest::storage.
struct InferInput {
  std::string name;
  std::string datatype;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
  std::optional<SharedRange> shared;  ///< where the bytes are until they are fetched
};

struct RequestedOutput {
  std::string name;
  bool binary = false;
  int classification = 0;  ///< > 0: the k best classes as "value:index:label" instead of numbers
  std::optional<SharedRange> shared;  ///< where the answer's bytes are to go
};

struct InferRequest {
  std::string model;    ///< a family or one of its members
  std::string version;  ///< empty: the server's choice
  std::string id;
  RequestHints hints;
  Arrival arrival;
  std::optional<RequestTrace> trace;
  std::vector<InferInput> inputs;
  std::vector<RequestedOutput> outputs;         ///< empty: all, in the default form
  bool binary_by_default = false;               ///< binary_data_output
  std::string body;                             ///< keeps the bytes that `inputs` point into
  std::vector<std::vector<std::byte>> storage;  ///< tensors converted from JSON
};

struct InferOutput {
  std::string name;
  std::string datatype;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> bytes;  ///< as InferInput::bytes
  bool binary = false;
  std::optional<SharedRange> shared;  ///< where the bytes are, and then not here
};

struct InferResponse {
  std::string model;  ///< as asked for
  std::string version;
  std::string id;
  Parameters parameters;  ///< cnnselect's own: model, t_input_ms, t_queue_ms, t_infer_ms, ...
  std::vector<InferOutput> outputs;
};

/// `POST /v1/families/F/classify`: the photo itself.
struct ClassifyRequest {
  std::string family;
  std::string id;
  RequestHints hints;
  Arrival arrival;
  std::optional<RequestTrace> trace;
  std::string body;              ///< keeps the bytes that `photo` points into
  std::size_t photo_offset = 0;  ///< where in `body` the photo starts (multipart forms)
  std::size_t photo_size = 0;
  int top = 5;  ///< how many classes to name, 1..labels
};

/// A class of an answer, with the family's word for it.
struct LabelledClass {
  std::string label;
  int index = 0;
  double confidence = 0;  ///< probability in [0, 1]
};

struct ClassifyResponse {
  std::string id;
  std::string family;
  std::string model;
  std::vector<LabelledClass> top;  ///< best first, at least one
  std::string reason;
  double probability = 0;
  std::optional<Duration> sla;
  std::optional<bool> in_time;  ///< as far as the server can tell; nothing without an SLA
  Duration input{};             ///< T_input
  Duration decode{};
  Duration queued{};
  Duration infer{};                ///< preparing the tensor and running the model
  Duration server{};               ///< last byte in to answer ready
  std::optional<Duration> budget;  ///< T_U when the model was chosen; nothing without an SLA
};

/// So many of something, and the time that they took together.
struct DurationTotal {
  std::uint64_t count = 0;
  Duration time{};
};

/// Since the server's start.
struct ModelStatistics {
  std::string name;
  std::string version;
  std::int64_t last_inference_unix_ms = 0;  ///< 0: never
  DurationTotal success;                    ///< last byte in to answer ready
  DurationTotal fail;                       ///< likewise
  DurationTotal queue;
  DurationTotal prepare;
  DurationTotal infer;  ///< its count is that of the runs
  DurationTotal output;
};

/// Lets a transport take a request back. Thread-safe. Calling it after the answer does nothing.
using Cancel = std::move_only_function<void()>;

template <class T>
using Reply = std::move_only_function<void(Result<T>)>;

/// Implementations are thread-safe. What takes a reply does not block; `reply` is called exactly
/// once, on any thread, possibly before they return.
class InferenceApi {
 public:
  InferenceApi() = default;
  InferenceApi(const InferenceApi&) = delete;
  InferenceApi& operator=(const InferenceApi&) = delete;
  virtual ~InferenceApi() = default;

  virtual ServerState state() const = 0;
  /// Errors: kNotFound, naming the models there are.
  virtual Result<ModelInfo> model(std::string_view name, std::string_view version) const = 0;
  /// Families first, then their members.
  virtual std::vector<RepositoryEntry> repository() const = 0;
  /// Of one model or family, or of all where `name` is empty. Error kInvalidArgument for one that
  /// there is not: the reference's servers say so here, not kNotFound.
  virtual Result<std::vector<ModelStatistics>> statistics(std::string_view name,
                                                          std::string_view version) const = 0;
  virtual Cancel infer(InferRequest request, Reply<InferResponse> reply) = 0;
  virtual Cancel classify(ClassifyRequest request, Reply<ClassifyResponse> reply) = 0;
  /// Loads the newest version of a model, or of a family's members; what is loaded serves on until
  /// then, and after a failure. Whether the client may is the protocol's question. Errors:
  /// kNotFound, the file's.
  virtual void load(std::string name, Reply<void> reply) = 0;
  /// Offers a model, or a family's members, no more. Error kNotFound.
  virtual void unload(std::string name, Reply<void> reply) = 0;
  /// Prometheus text exposition format.
  virtual std::string metrics() const = 0;
};

}  // namespace cnnselect
