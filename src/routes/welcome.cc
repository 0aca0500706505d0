#include "routes/welcome.h"

#include <string_view>

#include "api/operations.h"
#include "json/json_writer.h"

namespace cnnselect {
namespace {

struct Link {
  std::string_view name;
  Operation to;
};

constexpr Link kLinks[]{{"openapi", Operation::kOpenApi},   {"live", Operation::kLive},
                        {"ready", Operation::kReady},       {"metrics", Operation::kMetrics},
                        {"names", Operation::kModelList},   {"model", Operation::kModelMetadata},
                        {"classify", Operation::kClassify}, {"infer", Operation::kInfer}};

}  // namespace

std::string welcome_json(const ServerState& state) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("name").string(state.name).key("version").string(state.version);
  json.key("description")
      .string(
          "An inference server for families of neural networks, within each request's SLA. "
          "The links are paths of this server; openapi describes them all.");
  json.key("links").begin_object();
  for (const auto& [name, to] : kLinks) json.key(name).string(facts_of(to).paths.front());
  json.end_object().end_object();
  return text;
}

}  // namespace cnnselect
