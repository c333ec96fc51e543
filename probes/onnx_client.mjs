// Answers with an ONNX file: SCRIPT packages model inputs answers.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const [packages, model, questions, answers] = process.argv.slice(2);
const ort = createRequire(packages)("onnxruntime-web");
ort.env.wasm.numThreads = 1;

const inputs = new Float32Array(new Uint8Array(readFileSync(questions)).buffer);
const session = await ort.InferenceSession.create(readFileSync(model));
const tensor = new ort.Tensor("float32", inputs, [inputs.length / 1024, 1, 32, 32]);
const results = await session.run({ [session.inputNames[0]]: tensor });
writeFileSync(answers, new Uint8Array(results[session.outputNames[0]].data.buffer));
console.log(ort.env.versions.web);
