/**
 * Probabilities for new inputs.
 */
import type { Examples, Preprocessing, TableInput, TargetScale } from '../data/dataset.ts';
import { encodeRow, featuresOf } from '../data/table/encode.ts';
import { type Cell, readCell, textOf } from '../data/table/cells.ts';
import { outputsOf } from './evaluate.ts';
import { predictedClasses, probabilitiesOf } from './metrics.ts';
import { inUnits } from './regression.ts';
import type { Model } from '../model/model.ts';
import { type ParameterSet, withParameters } from '../model/parameters.ts';
import { InputError, WorkError } from '../utils/errors.ts';

export interface Prediction {
  /** Name of the most probable class; of a regression the number as text. */
  label: string;
  /** One per class, summing to 1; of a regression none. */
  probabilities: number[];
  /** Of a regression: the predicted number, in the target's unit. */
  value?: number;
}

/**
 * @param inputs preprocessed rows, `[rows, features]` row-major, one after the other
 * @throws WorkError when weights and inputs are so large that an output is not finite
 */
export function predict(
  model: Model,
  set: ParameterSet,
  inputs: Float64Array,
  features: number,
  { classNames, target }: { classNames: string[]; target?: TargetScale },
): Prediction[] {
  const rows = inputs.length / features;
  const examples: Examples = { rows, features, inputs, divisor: 1, labels: new Uint8Array(rows) };
  const { logits, outputs } = withParameters(set, (parameters) =>
    outputsOf(model, parameters, examples, classNames.length),
  );
  const bad = logits.findIndex((logit) => !Number.isFinite(logit));
  if (bad >= 0) {
    throw new WorkError(
      `The model's output for input ${Math.floor(bad / outputs) + 1} is ${logits[bad]}, not a finite number: ` +
        'the weights or the input are too large for this backend.',
    );
  }
  if (model.task === 'regression') {
    return Array.from(logits, (output) => {
      const value = inUnits(output, target);
      return { label: String(value), probabilities: [], value };
    });
  }
  const probabilities = probabilitiesOf(logits, model.task, outputs);
  const classes = predictedClasses(logits, model.task, outputs);
  return Array.from(classes, (predicted, row) => {
    const ofRow = Array.from(probabilities.subarray(row * outputs, (row + 1) * outputs));
    return {
      label: classNames[predicted],
      probabilities: model.task === 'binary' ? [1 - ofRow[0], ofRow[0]] : ofRow,
    };
  });
}

/** What a trained model says about its inputs. */
export interface TakesRows {
  file: { model: string; preprocessing: Preprocessing };
  /** Numbers in one row. */
  features: number;
}

/** One row from raw numbers, standardised if the model was trained so. @param where for messages */
export function rowFromValues({ file, features }: TakesRows, values: unknown, where: string): Float64Array {
  if (file.preprocessing.kind === 'table') return rowOfTable(file.preprocessing.columns, values, where);
  if (
    !Array.isArray(values) ||
    !Array.from(values).every((v): v is number => typeof v === 'number' && Number.isFinite(v))
  ) {
    throw new InputError(`${where} must be a list of finite numbers.`);
  }
  if (values.length !== features) {
    throw new InputError(`${where} has ${values.length} numbers; the model ${file.model} takes ${features}.`);
  }
  const { preprocessing } = file;
  if (preprocessing.kind === 'standardise') {
    return Float64Array.from(values, (v, i) => (v - preprocessing.mean[i]) / preprocessing.scale[i]);
  }
  if (preprocessing.kind === 'image') return Float64Array.from(values, (v) => v / preprocessing.divisor);
  return Float64Array.from(values);
}

/** From cells in the order of the columns, or by the columns' names. */
function rowOfTable(columns: readonly TableInput[], values: unknown, where: string): Float64Array {
  if (typeof values !== 'object' || values === null) {
    throw new InputError(`${where} must be a list of cells, or an object that names them.`);
  }
  if (Array.isArray(values) && values.length !== columns.length) {
    const names = columns.slice(0, 10).map(({ name }) => name);
    throw new InputError(
      `${where} has ${values.length} cells; the model takes ${columns.length}: ${names.join(', ')}${columns.length > 10 ? ', …' : ''}.`,
    );
  }
  const cells = values as Record<string, unknown>;
  const row = new Float64Array(featuresOf(columns));
  const found = columns.map(({ name }, i) => {
    const cell = Array.isArray(values)
      ? (values as unknown[])[i]
      : Object.hasOwn(cells, name)
        ? cells[name]
        : undefined;
    if (typeof cell === 'object' && cell !== null)
      throw new InputError(`${where}: a cell is neither a number nor text.`);
    return readCell(cell as Cell);
  });
  encodeRow(columns, { number: (i) => found[i].number, text: (i) => textOf(found[i]) }, () => where, row, 0);
  return row;
}
