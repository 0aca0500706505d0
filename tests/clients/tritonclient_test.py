"""NVIDIA's tritonclient, unmodified: over HTTP and gRPC, plain and asyncio."""
import asyncio
import os
import queue
import unittest

import numpy as np
import tritonclient.grpc
import tritonclient.grpc.aio
import tritonclient.http
import tritonclient.http.aio
import tritonclient.utils.shared_memory as shared_memory
from tritonclient.utils import InferenceServerException

HTTP = os.environ["CNNSELECT_HTTP"]
GRPC = os.environ["CNNSELECT_GRPC"]
MODEL = "mobilenet_025_32"


def ramp(shape):
    return (np.arange(np.prod(shape), dtype=np.float32) % 97 / 48.5 - 1).reshape(shape)


class Common:
    """What both protocols must do alike; `module`, `url` and `client` come from the classes below."""

    def tensor(self, shape=(1, 3, 32, 32), **options):
        tensor = self.module.InferInput("input", list(shape), "FP32")
        tensor.set_data_from_numpy(ramp(shape), **options)
        return tensor

    def fails(self, call, text):
        with self.assertRaises(InferenceServerException) as caught:
            call()
        self.assertIn(text, caught.exception.message())
        return caught.exception.status()

    def test_health(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())
        self.assertTrue(self.client.is_model_ready("emoji"))
        self.assertTrue(self.client.is_model_ready(MODEL, "1"))
        self.assertFalse(self.client.is_model_ready("nope"))

    def test_metadata(self):
        server = self.as_json(self.client.get_server_metadata)
        self.assertEqual(server["name"], "cnnselect")
        self.assertIn("statistics", server["extensions"])
        model = self.as_json(self.client.get_model_metadata, MODEL)
        self.assertEqual(model["platform"], "onnxruntime_onnx")
        self.assertEqual([int(d) for d in model["inputs"][0]["shape"]], [-1, 3, 32, 32])
        self.fails(lambda: self.client.get_model_metadata("nope"), "Request for unknown model")

    def test_config(self):
        config = self.as_json(self.client.get_model_config, MODEL)
        config = config.get("config", config)
        self.assertEqual(config["max_batch_size"], 64)
        self.assertEqual([int(d) for d in config["input"][0]["dims"]], [3, 32, 32])
        self.assertEqual(config["input"][0]["data_type"], "TYPE_FP32")

    def test_infer(self):
        outputs = [self.module.InferRequestedOutput("logits")]
        result = self.client.infer(MODEL, [self.tensor()], outputs=outputs, request_id="my id")
        self.assertEqual(result.as_numpy("logits").shape, (1, 100))
        two = self.client.infer(MODEL, [self.tensor((2, 3, 32, 32))])
        np.testing.assert_allclose(
            two.as_numpy("logits")[0], result.as_numpy("logits")[0], atol=1e-4
        )

    def test_infer_family_within_its_sla(self):
        result = self.client.infer(
            "emoji", [self.tensor((1, 3, 96, 96))], parameters={"sla_ms": 60000}
        )
        self.assertEqual(result.as_numpy("logits").shape, (1, 100))

    def test_priority_and_queue_timeout(self):
        patient = {"priority": 1, "timeout": 60_000_000}
        self.client.infer(MODEL, [self.tensor()], **patient)
        many = [self.tensor((64, 3, 32, 32))]
        self.fails(lambda: self.client.infer(MODEL, many, timeout=1), "Request timeout expired")
        self.fails(lambda: self.client.infer(MODEL, many, priority=9), "priority is 9; allowed: 1")

    def test_classification(self):
        outputs = [self.module.InferRequestedOutput("logits", class_count=3)]
        result = self.client.infer(MODEL, [self.tensor()], outputs=outputs)
        best = [text.decode().split(":") for text in result.as_numpy("logits").flatten()]
        self.assertEqual(len(best), 3)
        self.assertGreaterEqual(float(best[0][0]), float(best[1][0]))

    def test_photo_as_bytes(self):
        folder = os.path.join(os.path.dirname(__file__), "..", "..", "zoo", "pictures", "phone")
        with open(os.path.join(folder, "horse_face_12.0mp.jpg"), "rb") as file:
            photo = np.array([file.read()], dtype=np.object_)
        tensor = self.module.InferInput("input", [1], "BYTES")
        tensor.set_data_from_numpy(photo)
        outputs = [self.module.InferRequestedOutput("logits", class_count=1)]
        result = self.client.infer("emoji", [tensor], outputs=outputs)
        self.assertIn(b"horse face", result.as_numpy("logits").flatten()[0])

    def test_mistakes(self):
        tensor = [self.tensor()]
        self.fails(lambda: self.client.infer("nope", tensor), "Request for unknown model: 'nope'")
        self.fails(lambda: self.client.infer(MODEL, tensor, model_version="9"), "no version '9'")
        self.fails(
            lambda: self.client.infer(
                MODEL, tensor, outputs=[self.module.InferRequestedOutput("y")]
            ),
            "unexpected inference output 'y'",
        )
        self.fails(
            lambda: self.client.infer(MODEL, tensor, parameters={"sla_ms": -1}), "sla_ms is -1"
        )

    def test_statistics(self):
        def count():
            stats = self.as_json(self.client.get_inference_statistics, MODEL)["model_stats"][0]
            return int(stats["inference_stats"]["success"].get("count", 0))

        before = count()
        self.client.infer(MODEL, [self.tensor()])
        self.assertGreaterEqual(count(), before + 1)
        everything = self.as_json(self.client.get_inference_statistics)
        self.assertEqual(len(everything["model_stats"]), 8)
        self.fails(lambda: self.client.get_inference_statistics("nope"), "is not available")

    def test_repository_index(self):
        index = self.as_json(self.client.get_model_repository_index)
        index = index["models"] if isinstance(index, dict) else index
        self.assertEqual({entry["state"] for entry in index}, {"READY"})
        self.assertEqual(len(index), 8)
        self.assertIn("emoji", {entry["name"] for entry in index})

    def test_repository_control(self):
        name = "mobilenet_025_48"
        self.assertTrue(self.client.is_model_ready(name))
        self.client.unload_model(name)
        self.assertFalse(self.client.is_model_ready(name))
        self.fails(
            lambda: self.client.infer(name, [self.tensor((1, 3, 48, 48))]), "Request for unknown model"
        )
        self.client.load_model(name)
        self.assertTrue(self.client.is_model_ready(name))
        self.client.infer(name, [self.tensor((1, 3, 48, 48))])
        self.fails(lambda: self.client.load_model("nope"), "failed to load 'nope'")
        self.fails(lambda: self.client.load_model(name, config="{}"), "is not offered")

    def test_log_settings(self):
        def plain(settings):
            settings = settings.get("settings", settings)
            return {
                key: next(iter(value.values())) if isinstance(value, dict) else value
                for key, value in settings.items()
            }

        before = plain(self.as_json(self.client.get_log_settings))
        self.assertEqual(before["log_format"], "default")
        changed = plain(self.as_json(self.client.update_log_settings, {"log_warning": False}))
        self.assertFalse(changed["log_warning"])
        self.assertTrue(changed["log_info"])
        self.as_json(self.client.update_log_settings, {"log_warning": True})
        self.fails(lambda: self.client.update_log_settings({"log_format": "xml"}), "allowed: default")

    def test_trace_settings(self):
        def plain(settings):
            settings = settings.get("settings", settings)
            return {
                key: value.get("value", [""]) if isinstance(value, dict) else value
                for key, value in settings.items()
            }

        def one(settings, key):
            value = plain(settings)[key]
            return value[0] if isinstance(value, list) else value

        get, update = self.client.get_trace_settings, self.client.update_trace_settings
        before = self.as_json(get)
        self.assertEqual(one(before, "trace_mode"), "opentelemetry")
        self.assertEqual(one(before, "trace_rate"), "0")
        changed = self.as_json(update, None, {"trace_rate": "1000", "trace_count": "5"})
        self.assertEqual(one(changed, "trace_rate"), "1000")
        self.assertEqual(one(changed, "trace_level"), "TIMESTAMPS")
        own = self.as_json(update, MODEL, {"trace_level": ["OFF"]})
        self.assertEqual(one(own, "trace_level"), "OFF")
        self.assertEqual(one(self.as_json(get), "trace_level"), "TIMESTAMPS")
        cleared = self.as_json(update, MODEL, {"trace_level": None})
        self.assertEqual(one(cleared, "trace_level"), "TIMESTAMPS")
        self.assertEqual(one(self.as_json(get, MODEL), "trace_count"), "5")
        self.as_json(update, None, {"trace_rate": None, "trace_count": None})
        self.assertEqual(one(self.as_json(get), "trace_count"), "-1")
        self.fails(lambda: update(settings={"trace_level": ["TENSORS"]}), "not offered")
        self.fails(lambda: update(settings={"trace_file": "x"}), "cannot be set")
        self.fails(lambda: update(settings={"trace_rate": "often"}), "trace_rate is 'often'")
        self.fails(lambda: get("nope"), "unknown model: 'nope'")

    def test_system_shared_memory(self):
        values = ramp((1, 3, 32, 32))
        names = [f"/cnnselect_{kind}_{os.getpid()}" for kind in ("in", "out")]
        given = shared_memory.create_shared_memory_region("in", names[0], values.nbytes)
        taken = shared_memory.create_shared_memory_region("out", names[1], 400)
        try:
            shared_memory.set_shared_memory_region(given, [values])
            self.client.register_system_shared_memory("in", names[0], values.nbytes)
            self.client.register_system_shared_memory("out", names[1], 400)
            self.fails(
                lambda: self.client.register_system_shared_memory("in", names[0], 4),
                "already in manager",
            )
            tensor = self.module.InferInput("input", [1, 3, 32, 32], "FP32")
            tensor.set_shared_memory("in", values.nbytes)
            output = self.module.InferRequestedOutput("logits")
            output.set_shared_memory("out", 400)
            self.client.infer(MODEL, [tensor], outputs=[output])
            np.testing.assert_array_equal(
                shared_memory.get_contents_as_numpy(taken, np.float32, [1, 100]),
                self.client.infer(MODEL, [self.tensor()]).as_numpy("logits"),
            )
        finally:
            self.client.unregister_system_shared_memory()
            shared_memory.destroy_shared_memory_region(given)
            shared_memory.destroy_shared_memory_region(taken)

    def test_async_infer(self):
        results = self.infer_many([self.tensor() for _ in range(20)])
        self.assertEqual(len(results), 20)
        for result in results:
            self.assertEqual(result.as_numpy("logits").shape, (1, 100))


    def test_asyncio(self):
        async def talk():
            client = self.module.aio.InferenceServerClient(self.url)
            try:
                self.assertTrue(await client.is_model_ready(MODEL))
                result = await client.infer(MODEL, [self.tensor()])
                return result.as_numpy("logits").shape
            finally:
                await client.close()

        self.assertEqual(asyncio.run(talk()), (1, 100))


class OverHttp(Common, unittest.TestCase):
    module = tritonclient.http
    url = HTTP

    def setUp(self):
        self.client = self.module.InferenceServerClient(self.url, concurrency=4)
        self.addCleanup(self.client.close)

    def as_json(self, call, *arguments):
        return call(*arguments)

    def infer_many(self, tensors):
        pending = [self.client.async_infer(MODEL, [tensor]) for tensor in tensors]
        return [one.get_result(timeout=30) for one in pending]

    def test_tensors_as_json(self):
        outputs = [self.module.InferRequestedOutput("logits", binary_data=False)]
        plain = self.client.infer(MODEL, [self.tensor(binary_data=False)], outputs=outputs)
        binary = self.client.infer(MODEL, [self.tensor()])
        np.testing.assert_allclose(plain.as_numpy("logits"), binary.as_numpy("logits"), atol=1e-5)

    def test_compression(self):
        for algorithm in ("gzip", "deflate"):
            result = self.client.infer(
                MODEL,
                [self.tensor()],
                request_compression_algorithm=algorithm,
                response_compression_algorithm=algorithm,
            )
            self.assertEqual(result.as_numpy("logits").shape, (1, 100))

    def test_query_parameters_are_ignored(self):
        self.assertTrue(self.client.is_server_live(query_params={"test_1": 1, "test_2": 2}))


class OverGrpc(Common, unittest.TestCase):
    module = tritonclient.grpc
    url = GRPC

    def setUp(self):
        self.client = self.module.InferenceServerClient(self.url)
        self.addCleanup(self.client.close)

    def as_json(self, call, *arguments):
        return call(*arguments, as_json=True)

    def infer_many(self, tensors):
        answers = queue.Queue()
        for tensor in tensors:
            self.client.async_infer(
                MODEL, [tensor], callback=lambda result, error: answers.put((result, error))
            )
        pairs = [answers.get(timeout=30) for _ in tensors]
        self.assertEqual([error for _, error in pairs if error], [])
        return [result for result, _ in pairs]

    def test_id_and_explanation_come_back(self):
        result = self.client.infer(MODEL, [self.tensor()], request_id="7", client_timeout=30)
        answer = result.get_response()
        self.assertEqual(answer.id, "7")
        self.assertEqual(answer.parameters["model"].string_param, MODEL)
        self.assertAlmostEqual(answer.parameters["sla_ms"].double_param, 30000, delta=1000)

    def test_a_timeout_ends_the_call_on_both_sides(self):
        status = self.fails(
            lambda: self.client.infer(
                "resnet_64_192", [self.tensor((64, 3, 192, 192))], client_timeout=0.02
            ),
            "Deadline Exceeded",
        )
        self.assertEqual(status, "StatusCode.DEADLINE_EXCEEDED")

    def test_stream(self):
        answers = queue.Queue()
        self.client.start_stream(lambda result, error: answers.put((result, error)))
        for i in range(30):
            name = "nope" if i == 7 else MODEL
            self.client.async_stream_infer(name, [self.tensor()], request_id=str(i))
        for i in range(30):
            result, error = answers.get(timeout=30)
            if i == 7:
                self.assertIn("Request for unknown model", error.message())
            else:
                self.assertIsNone(error)
                self.assertEqual(result.get_response().id, str(i))
        self.client.stop_stream()

    def test_stream_says_which_answer_is_the_final_one(self):
        answers = queue.Queue()
        self.client.start_stream(lambda result, error: answers.put((result, error)))
        for wanted in (True, False):
            self.client.async_stream_infer(
                MODEL, [self.tensor()], enable_empty_final_response=wanted
            )
            result, error = answers.get(timeout=30)
            self.assertIsNone(error)
            self.assertEqual(result.as_numpy("logits").shape, (1, 100))
            parameters = result.get_response().parameters
            self.assertTrue(parameters["triton_final_response"].bool_param)
        self.client.stop_stream()
        self.assertTrue(answers.empty(), "no empty answer follows")

    def test_what_is_not_offered_is_unimplemented(self):
        with self.assertRaises(InferenceServerException) as caught:
            self.client.get_cuda_shared_memory_status()
        self.assertEqual(caught.exception.status(), "StatusCode.UNIMPLEMENTED")


if __name__ == "__main__":
    unittest.main()
