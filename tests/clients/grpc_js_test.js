// Node's gRPC client, made from the service definition by its own tools.
'use strict';
const assert = require('assert');
const path = require('path');
const test = require('node:test');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const definition = loader.loadSync(path.join(__dirname, '../../src/proto/open_inference.proto'),
    {keepCase: true, longs: Number, enums: String, defaults: true});
const {inference} = grpc.loadPackageDefinition(definition);
function connect(options = {}) {
  const one = new inference.GRPCInferenceService(
      process.env.CNNSELECT_GRPC, grpc.credentials.createInsecure(), options);
  test.after(() => one.close());
  return one;
}
const client = connect();

const model = 'mobilenet_025_32';

function call(method, request, options = {}, through = client) {
  return new Promise((resolve, reject) => {
    const deadline = new Date(Date.now() + 20000);
    through[method](request, new grpc.Metadata(), {deadline, ...options},
        (error, response) => error ? reject(error) : resolve(response));
  });
}

function tensor(values) {
  return {model_name: model,
    inputs: [{name: 'input', datatype: 'FP32', shape: [1, 3, 32, 32],
      contents: {fp32_contents: values}}]};
}
const values = Array.from({length: 3 * 32 * 32}, (_, i) => (i % 97) / 48.5 - 1);

test('health and metadata', async () => {
  assert.strictEqual((await call('ServerLive', {})).live, true);
  assert.strictEqual((await call('ServerReady', {})).ready, true);
  assert.strictEqual((await call('ModelReady', {name: 'nope'})).ready, false);
  assert.strictEqual((await call('ServerMetadata', {})).name, 'cnnselect');
  const metadata = await call('ModelMetadata', {name: model});
  assert.deepStrictEqual(metadata.inputs[0].shape, [-1, 3, 32, 32]);
  const {config} = await call('ModelConfig', {name: model});
  assert.strictEqual(config.output[0].data_type, 'TYPE_FP32');
});

test('typed and raw tensors have the same answer, which is raw', async () => {
  const typed = await call('ModelInfer', tensor(values));
  assert.strictEqual(typed.outputs[0].contents, null);
  assert.strictEqual(typed.raw_output_contents[0].length, 400);
  const request = tensor([]);
  delete request.inputs[0].contents;
  request.raw_input_contents = [Buffer.from(new Float32Array(values).buffer)];
  const raw = await call('ModelInfer', request);
  assert.ok(raw.raw_output_contents[0].equals(typed.raw_output_contents[0]));
});

test('parameters and metadata are hints', async () => {
  const request = {...tensor(values), parameters: {sla_ms: {int64_param: 500}}};
  const answer = await call('ModelInfer', request);
  assert.strictEqual(answer.parameters.sla_ms.double_param, 500);
  assert.strictEqual(answer.parameters.model.string_param, model);
});

test('errors have their codes', async () => {
  await assert.rejects(call('ModelInfer', {...tensor(values), model_name: 'nope'}),
      {code: grpc.status.NOT_FOUND});
  await assert.rejects(call('ModelInfer', tensor([1])), {code: grpc.status.INVALID_ARGUMENT});
  await assert.rejects(call('ModelInfer', {...tensor(values), model_version: 'x'}),
      {code: grpc.status.INVALID_ARGUMENT});
  const hurried = {model_name: 'resnet_64_192', inputs: [{name: 'input', datatype: 'FP32',
    shape: [64, 3, 192, 192]}], raw_input_contents: [Buffer.alloc(64 * 3 * 192 * 192 * 4)]};
  // On a connection of its own: while these 28 MB wait to be sent, Node's limit of 10 MB for a
  // session makes it reset, itself, whatever else is answered there.
  const apart = connect({'grpc.use_local_subchannel_pool': 1});
  await assert.rejects(
      call('ModelInfer', hurried, {deadline: new Date(Date.now() + 100)}, apart),
      {code: grpc.status.DEADLINE_EXCEEDED});
});

test('statistics and the index', async () => {
  const {model_stats} = await call('ModelStatistics', {name: model});
  assert.ok(model_stats[0].inference_stats.success.count > 0);
  const {models} = await call('RepositoryIndex', {ready: true});
  assert.strictEqual(models[0].state, 'READY');
});

test('a stream answers in order and outlives errors', async () => {
  const stream = client.ModelStreamInfer({deadline: new Date(Date.now() + 20000)});
  const answers = [];
  const end = new Promise((resolve, reject) => {
    stream.on('data', (answer) => answers.push(answer));
    stream.on('end', resolve);
    stream.on('error', reject);
  });
  for (let i = 0; i < 20; ++i) {
    stream.write({...tensor(values), id: String(i), model_name: i === 3 ? 'nope' : model});
  }
  stream.end();
  await end;
  assert.deepStrictEqual(answers.map((one) => one.infer_response.id),
      Array.from({length: 20}, (_, i) => String(i)));
  assert.match(answers[3].error_message, /unknown model/);
  assert.strictEqual(answers[4].error_message, '');
});
