// Answers with the network and its weights: SCRIPT packages folder-of-weights inputs answers.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const [packages, folder, questions, answers] = process.argv.slice(2);
const tf = createRequire(packages)("@tensorflow/tfjs");
const floats = (file) => new Float32Array(new Uint8Array(readFileSync(file)).buffer);

const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ name: "conv1", filters: 16, kernelSize: 3, padding: "same", activation: "relu", inputShape: [32, 32, 1] }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.conv2d({ name: "conv2", filters: 32, kernelSize: 3, padding: "same", activation: "relu" }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ name: "dense1", units: 64, activation: "relu" }),
    tf.layers.dense({ name: "dense2", units: 10 }),
  ],
});
for (const name of ["conv1", "conv2", "dense1", "dense2"]) {
  const layer = model.getLayer(name);
  const files = [`${folder}/${name}_kernel`, `${folder}/${name}_bias`];
  layer.setWeights(layer.getWeights().map((weight, index) => tf.tensor(floats(files[index]), weight.shape)));
}
const inputs = floats(questions);
const results = model.predict(tf.tensor(inputs, [inputs.length / 1024, 32, 32, 1]));
writeFileSync(answers, new Uint8Array(results.dataSync().buffer));
console.log(tf.version.tfjs);
