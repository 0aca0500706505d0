#include "routes/classify_json.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(ClassifyJson, WritesEverythingInOrder) {
  ClassifyResponse response;
  response.id = "r-17";
  response.family = "emoji";
  response.model = "mobilenet_050";
  response.top = {{"alarm clock", 12, 0.75}, {"watch", 13, 0.125}};
  response.reason = "explored";
  response.probability = 0.625;
  response.sla = 250ms;
  response.in_time = true;
  response.input = 41'250'499ns;
  response.decode = 3ms;
  response.queued = 1500us;
  response.infer = 14'023us;
  response.server = 19ms;
  response.budget = -5ms;
  EXPECT_EQ(classify_json(response),
            R"({"id":"r-17","family":"emoji","model":"mobilenet_050","label":"alarm clock",)"
            R"("index":12,"confidence":0.75,"top":[{"label":"alarm clock","index":12,)"
            R"("confidence":0.75},{"label":"watch","index":13,"confidence":0.125}],)"
            R"("reason":"explored","probability":0.625,"sla_ms":250,"in_time":true,)"
            R"("timing":{"t_input_ms":41.25,"t_decode_ms":3,"t_queue_ms":1.5,)"
            R"("t_infer_ms":14.023,"t_server_ms":19,"budget_ms":-5}})");
}

TEST(ClassifyJson, WritesNullWhereNothingIsKnown) {
  ClassifyResponse response;
  response.family = "emoji";
  response.model = "m";
  response.budget = kForever;
  EXPECT_EQ(classify_json(response),
            R"({"id":null,"family":"emoji","model":"m","label":null,"index":null,)"
            R"("confidence":null,"top":[],"reason":null,"probability":0,"sla_ms":null,)"
            R"("in_time":null,"timing":{"t_input_ms":0,"t_decode_ms":0,"t_queue_ms":0,)"
            R"("t_infer_ms":0,"t_server_ms":0,"budget_ms":null}})");
}

}  // namespace
}  // namespace cnnselect
