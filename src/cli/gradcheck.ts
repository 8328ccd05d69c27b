import type { Argv } from 'yargs';
import { backendNames, useBackend, type BackendName } from '../backend/index.ts';
import { InputError } from '../utils/errors.ts';
import {
  checkGradients,
  checkModel,
  reportText,
  type ModelReport,
  type ModelSize,
  checkDefaults,
  type CheckOptions,
} from '../gradcheck/check.ts';
import { provedLine, proveGradients, type ModelProof, type Subject } from '../gradcheck/proof/index.ts';
import { gradientSources, type GradientSourceName } from '../model/gradients.ts';
import type { Model } from '../model/model.ts';
import type { OptionValue, ModelDefinition } from '../model/definition.ts';
import {
  checkedNumber,
  dataRequest,
  modelOptionValues,
  wholeNumber,
  type Arguments,
  type CommandBody,
  userDataOptions,
} from './shared/options.ts';
import type { Output } from './shared/output.ts';
import { userData } from '../../datasets/user/index.ts';
import { makeBatch } from '../data/batches.ts';
import { modelsNamed } from './shared/model-options.ts';
import { declareModels, sizeIn, subjectsIn } from './shared/subjects.ts';
import type { UserModel } from '../runs/user-models.ts';

const options = {
  backend: {
    describe: 'backend [float64]',
    choices: backendNames,
  },
  gradients: {
    describe: 'gradient sources to compare, comma-separated',
    type: 'string',
    default: checkDefaults.sources.join(),
  },
  seed: { describe: 'seed of parameters, inputs and labels', type: 'number', default: checkDefaults.seed },
  draws: {
    describe: 'number of random points, in addition to the hard ones',
    type: 'number',
    default: checkDefaults.draws,
  },
  entries: {
    describe: 'numeric checks per parameter and point',
    type: 'number',
    default: checkDefaults.entries,
  },
  tolerance: { describe: 'largest relative difference [by precision: see docs]', type: 'number' },
  features: { describe: 'number of input features, if not known', type: 'number' },
  classes: { describe: 'number of classes, if not known', type: 'number' },
  details: { describe: 'show all measures and the worst entries', type: 'boolean', default: false },
  'as-printed': { describe: 'include the document’s errors', type: 'boolean', default: false },
  ...userDataOptions,
} as const;

/** One model to check, with its other settings to be checked. */
interface Candidate {
  model: Model;
  variants?: Record<string, Model>;
  size?: Partial<ModelSize>;
}

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    declareModels(yargs, options)
      .example('$0 gradcheck', 'check all models')
      .example('$0 gradcheck breast-cancer --l1 0.1 --details', 'show every measure')
      .example('$0 gradcheck breast-cancer --as-printed', "find the document's error")
      .example('$0 gradcheck ./my-model.ts', 'check your own model')
      .example('$0 gradcheck mlp --data-file iris.csv --target species', 'check at rows of your own data')
      .epilogue('Exit code 1 if gradients differ. If one model is named, its options can be set.'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const checkOptions = {
      backend: (args.backend as BackendName | undefined) ?? 'float64',
      seed: wholeNumber(args, 'seed', 0, 2 ** 32 - 1),
      draws: wholeNumber(args, 'draws', 0, 1000),
      entries: wholeNumber(args, 'entries', 1, 1e6),
      tolerance:
        args.tolerance === undefined
          ? undefined
          : checkedNumber('--tolerance', args.tolerance, { minimum: 0 }),
      sources: sourcesIn(args.gradients as string),
    } satisfies CheckOptions & { backend: BackendName };
    const own = await userRows(args, output);
    const named = await modelsNamed(args.model as string[]);
    const candidates = candidatesIn(named, own ? { ...args, ...own.size } : args);
    const reports: ModelReport[] = [];
    for (const [i, { model, variants, size }] of candidates.entries()) {
      output.progress.update('checking gradients', i, candidates.length);
      reports.push(
        own
          ? await checkGradients(model, own, checkOptions)
          : await checkModel(model, { ...checkOptions, variants, size: { ...size, ...sizeIn(args) } }),
      );
    }
    output.progress.finish('checking gradients');
    const proofs = proofsOf(subjectsIn(named, args), args, output);
    const agrees = reports.every((report) => report.agrees);
    const text = reportText(reports, { details: args.details as boolean });
    output.result(
      [text, provedLine(proofs)].join('\n\n'),
      {
        agrees,
        proved: proofs.every(({ verdict }) => verdict === 'equal'),
        models: reports,
      },
      { verdicts: true },
    );
    if (!agrees) process.exitCode = 1;
  },
};
export default command;

const maxUserRows = 16;

/** The first rows of the user's data, to check gradients at instead of random ones. */
async function userRows(args: Arguments, output: Output) {
  const request = dataRequest({ ...args, data: 'auto' }, {}, output);
  if (!request.own) return undefined;
  const { train, classNames, name } = await userData.load(request);
  const rows = Math.min(train.rows, maxUserRows);
  const classes = classNames.length;
  const task = classes === 1 ? 'regression' : classes === 2 ? 'binary' : 'multiclass';
  await useBackend('float64');
  const { x, y } = makeBatch(train, { task, classes }, undefined, 0, rows);
  output.say(`data: the first ${rows} training rows of ${name}`);
  return { x, y, size: { features: train.features, classes } };
}

/** Limit for each model, in seconds of the processor, so that it holds on busy machines too; `zoo prove` has none. */
const secondsPerProof = 10;

function proofsOf(subjects: Subject[], args: Arguments, output: Output): ModelProof[] {
  const proofs = subjects.map(({ model, otherwise }, i) => {
    output.progress.update('proving', i, subjects.length);
    const started = process.cpuUsage();
    const shouldStop = (): boolean => {
      const { user, system } = process.cpuUsage(started);
      return (user + system) / 1e6 > secondsPerProof;
    };
    return proveGradients(model, { size: sizeIn(args), otherwise, shouldStop });
  });
  output.progress.finish('proving');
  return proofs;
}

const candidatesIn = (models: UserModel[], args: Arguments): Candidate[] =>
  models.flatMap(({ model, definition }) => [
    ...(definition ? candidatesOf(definition, args) : []),
    ...(model ? [{ model }] : []),
  ]);

/** The model with the options given; with none given also the other settings that its definition wants checked. */
function candidatesOf(definition: ModelDefinition, args: Arguments): Candidate[] {
  const values = modelOptionValues(definition, args);
  const isDefault = Object.keys(definition.options).every((name) => args[name] === undefined);
  const nameOf = (changed: Record<string, OptionValue>) =>
    Object.entries(changed)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ');
  const { size, otherClasses = [] } = definition;
  const given = sizeIn(args).classes;
  const networks = given === undefined ? [size?.classes, ...otherClasses] : [given];
  return networks.map((classes) => {
    const sized = { asPrinted: args.asPrinted as boolean, ...(classes && { classes }) };
    const create = (changed: Record<string, OptionValue> = {}): Model =>
      definition.create({ ...values, ...changed, ...sized });
    const variants = isDefault ? (definition.alsoChecked ?? []) : [];
    return {
      model: create(),
      variants: Object.fromEntries(variants.map((changed) => [nameOf(changed), create(changed)])),
      size: size && { ...size, ...(classes && { classes }) },
    };
  });
}

function sourcesIn(list: string): GradientSourceName[] {
  const names = list.split(',').map((name) => name.trim());
  const known = Object.keys(gradientSources);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new InputError(`Unknown gradient source "${unknown}". Choose from: ${known.join(', ')}.`);
  }
  if (new Set(names).size < 2) throw new InputError('--gradients needs at least two sources to compare.');
  return names as GradientSourceName[];
}
