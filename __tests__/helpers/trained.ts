import { models } from '../../models/index.ts';
import type { LoadedDataset } from '../../src/data/dataset.ts';
import { defaultsOf, type OptionValue } from '../../src/model/definition.ts';
import type { ParameterSet } from '../../src/model/parameters.ts';
import { evaluate } from '../../src/evaluation/evaluate.ts';
import { disposeAll, toVariables } from '../../src/model/parameters.ts';
import type { TrainingResult } from '../../src/training/types.ts';
import type { RunReport } from '../../src/weights/run-record.ts';

/** A run as if it had ended with these parameters, `[shape, values]` each; scored on the backend in use. */
export function trainedRun(
  name: string,
  dataset: LoadedDataset,
  given: Record<string, [shape: number[], values: number[]]>,
  {
    options = {},
    result = {},
    ...more
  }: { options?: Record<string, OptionValue>; result?: Partial<TrainingResult> } & Partial<
    Omit<RunReport, 'result'>
  > = {},
): RunReport {
  const definition = models[name];
  const all = { ...defaultsOf(definition), ...options };
  const classes = dataset.classNames.length;
  const model = definition.create({ ...all, asPrinted: false, classes });
  const parameters: ParameterSet = Object.fromEntries(
    Object.entries(given).map(([key, [shape, values]]) => [
      key,
      { shape, values: Float64Array.from(values) },
    ]),
  );
  const variables = toVariables(parameters);
  const [train, test] = [dataset.train, dataset.test].map((rows) =>
    evaluate(model, variables, rows, classes),
  );
  disposeAll(variables);
  const settings = {
    options: all,
    asPrinted: false,
    recipe: definition.recipe,
    gradients: 'manual',
    recordEvery: 1,
  } as const;
  const { source, files } = dataset;
  return {
    request: { ...settings, definition, backend: 'cpu', data: { data: 'auto' } },
    model,
    identity: {
      ...settings,
      model: name,
      dataset: { name: dataset.name, source, files, fingerprint: '0123456789abcdef'.repeat(4) },
      backend: 'cpu',
      environment: { zoo: '1.2.3', node: '20', tfjs: '4', platform: 'a machine' },
    },
    dataset,
    status: 'complete',
    result: {
      parameters,
      history: [{ epoch: 5, loss: 0.5, seconds: 2 }],
      ...{ epochs: 5, steps: 10, seconds: 2.34, trainRows: dataset.train.rows, validationRows: 0 },
      ...result,
    },
    metrics: { train, test },
    out: 'runs/one',
    ...more,
  };
}
