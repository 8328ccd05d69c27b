import type { Argv } from 'yargs';
import {
  diagnose,
  freshSeed,
  optimizersOfZoo,
  proofText,
  proveGradients,
  proveOptimizer,
  type ModelProof,
  type ProofOptions,
  type Reference,
} from '../gradcheck/proof/index.ts';
import { InputError } from '../utils/errors.ts';
import { wholeNumber, type Arguments, type CommandBody } from './shared/options.ts';
import type { Output } from './shared/output.ts';
import { modelsNamed } from './shared/model-options.ts';
import { declareModels, sizeIn, subjectsIn } from './shared/subjects.ts';

const commandOptions = {
  all: { describe: 'all models and optimizers [default if none is named]', type: 'boolean' },
  referee: {
    describe: 'what hand-written gradients are compared with',
    choices: ['slope', 'autodiff'],
    default: 'slope',
  },
  seed: { describe: '1 to 32 hexadecimal digits, to repeat a proof [random]', type: 'string' },
  points: { describe: 'maximum number of points [until the bound is 1e-30]', type: 'number' },
  rows: { describe: 'rows of x [4, 2 for narrow networks; 3 and 5 at some points]', type: 'number' },
  features: { describe: 'number of input features [small]', type: 'number' },
  classes: { describe: 'number of classes [3, or what the model needs]', type: 'number' },
  'as-printed': { describe: 'include the document’s errors', type: 'boolean', default: false },
} as const;

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    declareModels(yargs, commandOptions)
      .example('$0 prove', 'prove all models and optimizers')
      .example('$0 prove breast-cancer --as-printed', "find the document's error")
      .example('$0 prove ./my-model.ts', 'prove your own model')
      .epilogue(
        'Computes the hand-written gradients and the exact derivative in random finite fields, where nothing is ' +
          'rounded, and compares them for equality; docs/proof.md says what that proves. Exit code 1 for different ' +
          'and undecided. If one model is named, its options can be set.',
      ),

  async handler(args: Arguments, output: Output): Promise<void> {
    const named = (args.model ?? []) as string[];
    if (args.all && named.length > 0) throw new InputError('Name models or say --all, not both.');
    const subjects = subjectsIn(await modelsNamed(named), args);
    const proofOptions = proofOptionsIn(args);
    const proofs: ModelProof[] = [];
    for (const [i, subject] of subjects.entries()) {
      output.progress.update('proving', i, subjects.length);
      const { model, otherwise, options, settings } = subject;
      const proof = proveGradients(model, { ...proofOptions, otherwise });
      proofs.push({ ...(await diagnose(proof, subject)), options, settings });
      // Lets the progress bar be drawn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    output.progress.finish('proving');
    const optimizers =
      named.length > 0
        ? []
        : Object.entries(optimizersOfZoo).map(([name, optimizer]) =>
            proveOptimizer(name, optimizer, proofOptions.seed),
          );
    const proved = [...proofs, ...optimizers].every(({ verdict }) => verdict === 'equal');
    output.result(
      proofText(proofs, optimizers),
      { proved, models: proofs, ...(optimizers.length > 0 ? { optimizers } : {}) },
      { verdicts: true },
    );
    if (!proved) process.exitCode = 1;
  },
};
export default command;

function proofOptionsIn(args: Arguments): ProofOptions & { seed: string } {
  const given = (name: string, minimum: number, maximum: number): number | undefined =>
    args[name] === undefined ? undefined : wholeNumber(args, name, minimum, maximum);
  return {
    seed: (args.seed as string | undefined) ?? freshSeed(),
    referee: args.referee as Reference,
    points: given('points', 1, 10_000),
    rows: given('rows', 1, 1024),
    size: sizeIn(args),
  };
}
