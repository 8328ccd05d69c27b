/** Models of sequences as ONNX; foreign-readers.long.test.ts has every one of them in every format. */
import { expect, test } from '@jest/globals';
import { InputError } from '../../../../src/utils/errors.ts';
import {
  drawRows,
  exportModel,
  largestDifference,
  modelAnswers,
} from '../../../../src/weights/export/export-model.ts';
import { onnxModel } from '../../../../src/weights/export/onnx.ts';
import { graphOf } from '../../../../src/weights/export/trace.ts';
import { readOnnx } from '../../../helpers/export-readers.ts';
import { savedSequences } from '../../../helpers/saved.ts';

test.each(['lstm', 'gpt as in GPT-2'])(
  'ONNX Runtime computes what the %s computes, for batches of any size',
  async (name) => {
    const saved = savedSequences[name]();
    const rows = drawRows(saved, 20);
    const expected = await modelAnswers(saved, rows);
    expect(expected).toHaveLength(20 * 5 * 7);
    const { files, checked } = await exportModel(saved, 'onnx');
    expect(checked).toEqual({ rows: 100, maxDifference: expect.closeTo(0, 12) });
    for (const count of [20, 1]) {
      const answers = await readOnnx(files, saved, rows.slice(0, count));
      expect(answers).toHaveLength(count * 5 * 7);
      expect(largestDifference(answers, expected.slice(0, answers.length))).toBeLessThanOrEqual(5e-6);
    }
  },
);

test('an ONNX file of tokens takes int64, gives a probability for each position, and holds one mask for all layers', async () => {
  const saved = savedSequences['gpt as in microgpt']();
  const graph = await graphOf(saved, { from: 'raw', to: 'classes' });
  const { inputs, outputs, nodes, tensors } = onnxModel(saved, graph, 'float32');
  expect(inputs).toEqual([{ name: 'x', dtype: 'int64', shape: ['batch', 5] }]);
  expect(outputs).toEqual([{ name: 'probabilities', dtype: 'float32', shape: ['batch', 5, 7] }]);
  const masks = nodes.filter(({ op }) => op === 'Cast').map(({ inputs: [mask] }) => mask);
  expect(masks).toHaveLength(2);
  expect(new Set(masks).size).toBe(1);
  expect(tensors.find(({ name }) => name === masks[0])?.shape).toEqual([1, 2, 5, 5]);
});

test('an ONNX file of an LSTM does not hold what only its gradients need', async () => {
  const graph = await graphOf(savedSequences.lstm(), { from: 'raw', to: 'classes' });
  // The states of the steps side by side; not those before them, nor the gates.
  expect(graph.steps.filter(({ op }) => op === 'concat')).toHaveLength(1);
});

test.each(['layers', 'js'] as const)('%s is refused for tokens in one sentence', async (format) => {
  const exported = exportModel(savedSequences.gru(), format);
  await expect(exported).rejects.toThrow(InputError);
  await expect(exported).rejects.toThrow(
    `gru takes tokens, which the format ${format} has no steps for: use --format onnx, json, npz or safetensors.`,
  );
});

test('rows that are not tokens of the model are refused', async () => {
  const saved = savedSequences.bigram();
  for (const row of [
    [0, 1, 2],
    [0, 1, 2, 3, 7],
    [0, 1, 2, 3, 0.5],
  ])
    await expect(modelAnswers(saved, [row])).rejects.toThrow('row 1 must be 5 tokens, integers from 0 to 6.');
});
