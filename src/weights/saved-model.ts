/**
 * A weights file as a model: the network that was trained, with its parameters.
 */
import { models } from '../../models/index.ts';
import { InputError } from '../utils/errors.ts';
import { sanitizeForTerminal } from '../utils/text.ts';
import { checkedOptions, checkDefinition, type ModelDefinition } from '../model/definition.ts';
import { featuresOf as numbersOf } from '../data/table/encode.ts';
import { validateModel, type Model } from '../model/model.ts';
import type { ParameterSet } from '../model/parameters.ts';
import { checkTask } from '../training/input-checks.ts';
import { RandomState } from '../utils/random.ts';
import {
  checkParameters,
  formatWeights,
  fromFileParameters,
  parseWeights,
  type WeightsFile,
} from './weights.ts';
import * as z from '../utils/schema.ts';

export interface SavedModel {
  file: WeightsFile;
  definition: ModelDefinition;
  model: Model;
  parameters: ParameterSet;
  /** Numbers in one row of input. */
  features: number;
}

/** Whether the zoo knows a model by its name. */
export const isOfZoo = ({ name }: Pick<ModelDefinition, 'name'>): boolean => Object.hasOwn(models, name);

/**
 * The model in the text of a weights.json, checked against the model that it names.
 *
 * @param name of the file, for messages
 * @param own a model that is not the zoo's, if the weights are of one
 * @throws InputError when the text is malformed or does not fit the model
 */
export function weightsFrom(text: string, name: string, own?: ModelDefinition): SavedModel {
  z.checkValue('weightsFrom: the text', text, z.string());
  z.checkValue('weightsFrom: the name', name, z.string());
  if (own !== undefined) checkDefinition(own);
  return savedModelOf(parseWeights(text, name), name, own);
}

/** {@link weightsFrom} of a file that is parsed already. */
export function savedModelOf(file: WeightsFile, name: string, own?: ModelDefinition): SavedModel {
  const known = own ? { [own.name]: own } : models;
  if (!Object.hasOwn(known, file.model)) {
    const whose = own ? `, not of ${own.name}` : ' that this zoo does not have';
    throw new InputError(`${name} is of a model "${sanitizeForTerminal(file.model)}"${whose}.`);
  }
  const definition = known[file.model];
  const options = checkedOptions(definition, file.options, name);
  const model = definition.create({ ...options, asPrinted: file.asPrinted, classes: file.classNames.length });
  checkTask(model, file.classNames.length, name);
  const parameters = fromFileParameters(file.parameters);
  const features = featuresOf(file, parameters);
  // Before memory is taken for what the file merely claims.
  const values = Object.values(parameters).reduce((sum, parameter) => sum + parameter.values.length, 0);
  if (features > inputsPerValue * values)
    throw new InputError(`${name} has ${values} values for ${features} inputs.`);
  const expected = model.initial({ features, classes: file.classNames.length, random: new RandomState(0) });
  checkParameters(parameters, expected, name);
  return { file, definition, model, parameters, features };
}

/** The text of a weights.json of a model; {@link weightsFrom} reads it back to the same bits. */
export function weightsText(saved: Pick<SavedModel, 'file'>): string {
  z.checkFields('The saved model', saved, { file: z.plainObject });
  return formatWeights(saved.file);
}

/** @throws InputError if a value given by a program is not a saved model */
export function checkSaved(saved: SavedModel): void {
  z.checkFields('The saved model', saved, {
    file: z.plainObject,
    model: z.plainObject,
    parameters: z.plainObject,
    features: z.count,
  });
  validateModel(saved.model);
  z.checkFields('The saved model.file', saved.file, {
    model: z.string(),
    classNames: z.array(z.string()),
    preprocessing: z.plainObject,
    parameters: z.plainObject,
  });
  const parameters = {
    shape: z.array(z.count),
    values: z.kind('an array of numbers', (value) => ArrayBuffer.isView(value)),
  };
  for (const name of Object.keys(saved.file.parameters))
    z.checkFields(`The saved model.parameters.${name}`, saved.parameters[name], parameters);
}

/** Filters look at many inputs with each of their values. */
const inputsPerValue = 16;

/** As the preprocessing says; without it, as the first layer's rows say. */
export function featuresOf(
  { preprocessing }: Pick<WeightsFile, 'preprocessing'>,
  parameters: ParameterSet,
): number {
  if (preprocessing.kind === 'image')
    return preprocessing.height * preprocessing.width * preprocessing.channels;
  if (preprocessing.kind === 'standardise') return preprocessing.mean.length;
  if (preprocessing.kind === 'table') return numbersOf(preprocessing.columns);
  if (preprocessing.kind === 'tokens') return preprocessing.context;
  return Object.values(parameters)[0]?.shape[0] ?? 0;
}
