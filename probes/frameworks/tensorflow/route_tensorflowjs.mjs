// Answers with an exported graph: SCRIPT packages folder-of-the-model inputs shape-of-a-sample batch-sizes answers.
// Writes answers-1, answers-8 …, and prints what it took as JSON.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const [packages, folder, questions, shape, sizes, answers] = process.argv.slice(2);
const tf = createRequire(packages)("@tensorflow/tfjs");
const bytes = (file) => new Uint8Array(readFileSync(file)).buffer;

const { modelTopology, weightsManifest, format } = JSON.parse(readFileSync(`${folder}/model.json`, "utf8"));
const stored = { modelTopology, format, weightSpecs: weightsManifest[0].weights, weightData: bytes(`${folder}/weights.bin`) };
const model = await tf.loadGraphModel(tf.io.fromMemory(stored));

const dims = shape.split(",").map(Number);
const one = dims.reduce((product, size) => product * size, 1);
const inputs = new Float32Array(bytes(questions));
const count = inputs.length / one;
const answer = async (first, size) => {
  const some = tf.tensor(inputs.subarray(first * one, (first + size) * one), [size, ...dims]);
  const result = await model.executeAsync(some); // also where the graph has loops
  const values = await result.data();
  tf.dispose([some, result]);
  return values;
};

await answer(0, 1);
const coldStart = process.uptime();
for (const size of sizes.split(",").map(Number)) {
  const parts = [];
  for (let first = 0; first < count; first += size) parts.push(...(await answer(first, size)));
  writeFileSync(`${answers}-${size}`, new Uint8Array(new Float32Array(parts).buffer));
}
const calls = [];
for (const end = performance.now() + 100; performance.now() < end || calls.length < 5; ) {
  const start = performance.now();
  await answer(0, 1);
  calls.push(performance.now() - start);
}
calls.sort((a, b) => a - b);
console.log(JSON.stringify({
  cold_start_seconds: coldStart,
  latency_seconds: calls[calls.length >> 1] / 1000,
  // Not resourceUsage(), which starts from what the parent process held.
  peak_memory_bytes: 1024 * Number(readFileSync("/proc/self/status", "utf8").match(/VmHWM:\s+(\d+)/)[1]),
  runtime_bytes: readFileSync(createRequire(packages).resolve("@tensorflow/tfjs")).length,
}));
