/**
 * A proof's report for people, at most 80 columns wide.
 */
import { checkModel } from '../check.ts';
import type { OptimizerProof } from './optimizers.ts';
import type { Difference, ModelProof, ParameterProof, Verdict } from './model-proof.ts';
import type { Subject } from './subjects.ts';
import type { OptionValue } from '../../model/definition.ts';
import { counted, optionName, wrap } from '../../utils/text.ts';

const explanation = [
  'Both gradients are computed in random finite fields, where nothing is rounded.',
  'equal      they are one formula over exp, log, sign and the exact values of the',
  '           constants: at these shapes, for the signs, labels and masks below',
  'different  they are not: one entry is shown, as remainders modulo a prime',
  'Nothing is said of rounding, overflow, or whether the loss is the right one.',
].join('\n');

/** docs/proof.md explains them. */
const falseAlarms = [
  'Formulas that are equal for real numbers may differ here (false alarms):',
  '- 0.1 in x.mul(0.1) is rounded to 32 bits, in tf.leakyRelu(x, 0.1) it is not:',
  '  write constant(0.1)',
  '- a positive number may be no square, which counts as negative: relu(1 + a²),',
  '  max(a, 0.1·a) with slope step(a); take the slope from the same comparison',
  '- the maximum of three or more depends on the order of the comparisons:',
  '  compute it in the gradient as in forward()',
  '- at a kink, relu′(0) and sign(0) must be 0, and the first of equals is the max',
  '- √2/3 is not a double: at 3 and 5 rows compare constants, or set --rows 4',
].join('\n');

const mayBeFalseAlarm = ({ verdict, autodiff, parameters }: ModelProof): boolean =>
  !commonProblem(parameters) && (verdict === 'different' || autodiff?.verdict === 'different');

/** All proofs, explained once, and their sum in the last line. */
export function proofText(models: ModelProof[], optimizers: OptimizerProof[] = []): string {
  return [
    explanation,
    ...models.map(modelText),
    ...(optimizers.length > 0 ? [optimizersText(optimizers)] : []),
    ...(models.some(mayBeFalseAlarm) ? [falseAlarms] : []),
    summary([...models, ...optimizers]),
  ].join('\n\n');
}

/** One line for the end of a gradient check. */
export function provedLine(proofs: ModelProof[]): string {
  const others = proofs.filter(({ verdict }) => verdict !== 'equal');
  const words = [...new Set(others.map(({ model, verdict }) => `${model} is ${verdict}`))];
  const found = others.length === 0 ? '' : `; ${words.join(', ')} (see zoo prove)`;
  const line = `As formulas (zoo prove): ${proofs.length - others.length} of ${proofs.length} proved equal to the derivative${found}.`;
  return wrap(line, 80).join('\n');
}

function modelText(proof: ModelProof): string {
  const { model, verdict, reason, points, parameters } = proof;
  const failure = commonProblem(parameters);
  const lines = [
    `${model}${optionsText(proof.settings)}: ${shown(verdict)}`,
    ...(reason ? [`  Undecided: ${reason}`] : []),
    ...(verdict === 'undecided'
      ? ['  This says nothing about the gradient; zoo gradcheck can check it.']
      : []),
    `  ${counted(points, 'point')} of ${shapeText(proof)}, ${proof.seconds.toFixed(1)} s`,
    ...(points === 0 || failure ? [] : chanceLines(proof)),
    ...(failure
      ? [`  ${failure}`]
      : [row('parameter', 'shape', 'entries', ''), ...parameters.flatMap(parameterLines)].map(
          (line) => `  ${line}`,
        )),
    ...autodiffLines(proof),
    ...proof.notes.map((note) => `  ${note}`),
  ];
  return lines.flatMap((line) => wrap(line, 80)).join('\n');
}

/** The problem of all parameters, if it is one: gradients() fails. */
function commonProblem(parameters: ParameterProof[]): string | undefined {
  const [first, ...others] = parameters.map(({ first }) => first?.problem);
  return others.length > 0 && others.every((problem) => problem === first) ? first : undefined;
}

/** The chance, and which signs, labels and dropout masks it holds for. */
function chanceLines({ bound: chance, size, labels, tokens }: ModelProof): string[] {
  const chanceLine = `  chance to miss a difference: below ${power(chance)} (degree ${size.degree}, ${size.bits} bits)`;
  if (tokens !== undefined)
    return [
      chanceLine,
      `    for the signs and the ${counted(tokens, 'pattern')} of tokens and targets that occurred`,
    ];
  if (!labels) return [chanceLine, '    for the signs that occurred'];
  const { areVariables, patterns, tried, bound } = labels;
  const first = areVariables
    ? '    for the signs that occurred, and all labels and dropout masks as numbers'
    : '    for the signs, labels and dropout masks that occurred';
  if (patterns === 1) return [chanceLine, first];
  const isBoundOfOne = areVariables && tried === patterns;
  return [
    chanceLine,
    first,
    isBoundOfOne
      ? `    at one of ${patterns} patterns of labels alone: below ${power(bound)}`
      : `    ${tried} of ${patterns} patterns of labels occurred`,
  ];
}

function autodiffLines({ autodiff, verdict, parameters }: ModelProof): string[] {
  if (!autodiff) return [];
  const points = counted(autodiff.points, 'point');
  if (autodiff.verdict === verdict) return [`  autodiff says the same, at ${points}`];
  const { first } = autodiff;
  const isKnown = parameters.some(({ name, verdict }) => name === first?.name && verdict === 'different');
  return [
    `  autodiff: ${autodiff.verdict}, at ${points}`,
    ...(first && !isKnown
      ? [`    by hand and by autodiff, ${first.name} differs: ${differenceText(first)}`]
      : []),
  ];
}

function optimizersText(proofs: OptimizerProof[]): string {
  const lines = proofs.flatMap(({ optimizer, verdict, steps, points, bound, first, reason }) => [
    `  ${optimizer.padEnd(14)}${shown(verdict)} after each of ${steps} steps at ${points} points; below ${power(bound)}`,
    ...(reason ? [`    ${reason}`] : []),
    ...(first
      ? [
          `    point ${first.point}, step ${first.step}: ours ${first.ours}, its definition ${first.definition}, modulo ${first.prime}`,
        ]
      : []),
  ]);
  return ['optimizers, each against its definition', ...lines].join('\n');
}

function summary(proofs: (ModelProof | OptimizerProof)[]): string {
  const equal = proofs.filter(({ verdict }) => verdict === 'equal');
  const seconds = proofs.reduce((sum, proof) => sum + proof.seconds, 0);
  const chance = equal.reduce((sum, { bound }) => sum + bound, 0);
  return [
    `${equal.length} of ${proofs.length} equal${equal.length > 0 ? `, with a chance of error below ${power(chance)}` : ''}; ${seconds.toFixed(1)} s`,
    `--seed ${proofs[0].seed} repeats it`,
  ].join('\n');
}

const shapeText = ({ rows, features, classes, chain, tokens }: ModelProof): string =>
  tokens === undefined
    ? `${rows.join(', ')} rows × ${features} features, ${classes} classes; chains of ${chain}`
    : `${rows.join(', ')} sequences × ${features} tokens, ${classes} symbols; chains of ${chain}`;

/** The next power of ten: `1e-43`. */
const power = (bound: number): string => (bound === 0 ? '1e-300' : `1e${Math.floor(Math.log10(bound)) + 1}`);

const shown = (verdict: Verdict): string => (verdict === 'equal' ? verdict : verdict.toUpperCase());

const optionsText = (options: Record<string, OptionValue>): string =>
  Object.entries(options)
    .map(([name, value]) => ` ${optionName(name)}${value === true ? '' : ` ${String(value)}`}`)
    .join('');

const row = (name: string, shape: string, entries: string, verdict: string): string =>
  `${name.padEnd(18)}${shape.padEnd(11)}${entries.padStart(8)}  ${verdict}`.trimEnd();

function parameterLines({ name, shape, entries, verdict, first, diagnosis }: ParameterProof): string[] {
  return [
    row(name, shape.join('×') || 'scalar', String(entries), shown(verdict)),
    ...(first ? [`  ${differenceText(first)}`] : []),
    ...(diagnosis ? [`  ${diagnosis}`] : []),
  ];
}

function differenceText({ point, position, manual, exact, prime, problem }: Difference): string {
  if (problem) return `point ${point}: ${problem}`;
  const place = position && position.length > 0 ? `, entry [${position.join(', ')}]` : '';
  return `point ${point}${place}: manual ${manual}, exact ${exact}, modulo ${prime}`;
}

/**
 * Puts beside each parameter that differs what the gradient check sees of it in double precision: a finite field tells
 * that two gradients differ, not by how much.
 */
export async function diagnose(proof: ModelProof, { model }: Pick<Subject, 'model'>): Promise<ModelProof> {
  if (proof.verdict !== 'different') return proof;
  const { features, classes } = proof;
  const report = await checkModel(model, { size: { features, classes } });
  const parameters = proof.parameters.map((parameter) => {
    if (parameter.verdict !== 'different' || parameter.first?.problem) return parameter;
    const checked = report.parameters.find(({ name }) => name === parameter.name);
    const diagnosis = checked?.agrees
      ? `gradcheck sees no difference above its tolerance: it is smaller than ${report.tolerances.analytic} of the gradient, or only where gradcheck does not look.`
      : (checked?.hint ?? 'gradcheck finds a difference, too.');
    return { ...parameter, diagnosis };
  });
  return { ...proof, parameters };
}
