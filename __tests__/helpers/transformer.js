// @ts-nocheck: an untyped program, as its users write it
/** A small transformer of `tf.layers`, whose attention is a layer of its own in `tf.einsum`. Its initial weights are seeded. */
import * as tf from '@tensorflow/tfjs';

const [rows, length, words, width, heads, head] = [16, 8, 11, 16, 2, 8];

class Attention extends tf.layers.Layer {
  static className = 'Attention';
  build() {
    const weight = (name, shape, seed) =>
      this.addWeight(name, shape, 'float32', tf.initializers.randomNormal({ stddev: 0.2, seed }));
    this.projections = ['query', 'key', 'value'].map((name, i) => weight(name, [width, heads, head], i + 1));
    this.output_ = weight('output', [heads, head, width], 4);
    super.build();
  }
  computeOutputShape(shape) {
    return shape;
  }
  call(inputs) {
    return tf.tidy(() => {
      const x = [inputs].flat()[0];
      const [q, k, v] = this.projections.map((w) => tf.einsum('btd,dhe->bthe', x, w.read()));
      const later = tf.sub(1, tf.linalg.bandPart(tf.ones([length, length]), -1, 0)).mul(-1e9);
      const shares = tf.softmax(tf.einsum('bqhe,bkhe->bhqk', q, k).div(Math.sqrt(head)).add(later));
      return tf.einsum('bqhe,hed->bqd', tf.einsum('bhqk,bkhe->bqhe', shares, v), this.output_.read());
    });
  }
}

/** Trains it to predict the next word. @returns the loss of each of 30 steps */
export async function losses(backend) {
  await tf.setBackend(backend);
  const { layers } = tf;
  const drawn = (seed) => tf.initializers.glorotUniform({ seed });
  const dense = (units, seed, activation) =>
    layers.dense({ units, activation, kernelInitializer: drawn(seed) });
  const residual = (x, ...chain) =>
    layers.add().apply([x, chain.reduce((y, layer) => layer.apply(y), layers.layerNormalization().apply(x))]);
  const input = tf.input({ shape: [length] });
  const embedding = layers.embedding({
    inputDim: words,
    outputDim: width,
    embeddingsInitializer: drawn(5),
  });
  const attended = residual(embedding.apply(input), new Attention({}), layers.dropout({ rate: 0 }));
  const block = residual(attended, dense(32, 6, 'relu'), dense(width, 7));
  const model = tf.model({ inputs: input, outputs: dense(words, 8, 'softmax').apply(block) });
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
  // Each word is the sum of the two before it, so attention is needed.
  const texts = Array.from({ length: rows }, (_, row) => {
    const text = [row % words, (3 * row + 1) % words];
    while (text.length <= length) text.push((text.at(-1) + text.at(-2)) % words);
    return text;
  });
  const x = tf.tensor2d(texts.map((text) => text.slice(0, length)));
  const y = tf.oneHot(
    tf.tensor2d(
      texts.map((text) => text.slice(1)),
      undefined,
      'int32',
    ),
    words,
  );
  const { history } = await model.fit(x, y, { epochs: 30, batchSize: rows, shuffle: false, verbose: 0 });
  return history.loss;
}
