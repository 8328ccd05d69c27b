/** A trained model as one JavaScript module that needs nothing: it runs in a page, in Node and in a worker. */
import type { SavedModel } from '../saved-model.ts';
import { arraysOf, base64Lines, fitsSinglePrecision, linesOf, titleOf, type Language } from './code.ts';
import type { Graph } from './graph.ts';
import { helpersFor } from './js-helpers.ts';
import { inputsOf } from './js-inputs.ts';
import type { ParameterValues } from '../../core/initial-values.ts';

const language: Language = {
  assignment: (name, value) => `  const ${name} = ${value};`,
  expression({ op, attributes }, inputs) {
    const words = inputs.map(({ text }) => text);
    const given = Object.values(attributes).map((value) => JSON.stringify(value));
    const first = op === 'concat' ? [`[${words.join(', ')}]`] : words;
    return { text: `${op}(${[...first, ...given].join(', ')})` };
  },
};

/** Fewer are written as numbers that people can read. */
const mostReadable = 64;

function arrayText(name: string, { shape, values }: ParameterValues): string {
  const dimensions = `[${shape.join(', ')}]`;
  if (values.length <= mostReadable)
    return `const ${name} = { shape: ${dimensions}, values: Float64Array.of(${Array.from(values, numberText).join(', ')}) };`;
  const bytes = fitsSinglePrecision(values) ? 4 : 8;
  return `const ${name} = fromBase64(${dimensions}, ${bytes}, \`\n${base64Lines(values).join('\n')}\n\`);`;
}

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

const fromBase64 = `/** Numbers of so many bytes each, the lowest byte first. */
function fromBase64(shape, bytes, text) {
  const view = new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const read = bytes === 4 ? (i) => view.getFloat32(4 * i, true) : (i) => view.getFloat64(8 * i, true);
  return { shape, values: Float64Array.from({ length: view.byteLength / bytes }, (_, i) => read(i)) };
}`;

/** @returns the module and its types */
export function moduleOf(saved: SavedModel, graph: Graph): { module: string; types: string } {
  const { features, input, output, steps } = graph;
  const arrays = arraysOf(graph);
  const about = titleOf(saved);
  const answer = saved.model.task === 'regression' ? aNumber : aClass(saved.file);
  const given = inputsOf(saved.file.preprocessing, features);
  const parts = [
    `/** ${about} */`,
    `/** ${answer.aboutNames} */\nexport const classNames = ${JSON.stringify(saved.file.classNames)};`,
    given.declaration,
    `/**
 * @param {${given.type}[]} rows raw inputs, as the model was trained on: nothing need be scaled
 * @returns ${answer.returns}
 * @throws {TypeError} for ${given.faults}
 */
export function predict(rows) {
  const values = new Float64Array(rows.length * features);
  rows.forEach((row, i) => values.set(numbersIn(row, \`Row \${i + 1}\`), i * features));
  const result = compute({ shape: [rows.length, features], values }).values;
${answer.lines}
}`,
    given.reader,
    `function compute(${input}) {\n${linesOf(graph, language).join('\n')}\n  return ${output};\n}`,
    ...helpersFor(steps.map(({ op }) => op)),
    ...(arrays.some(([, { values }]) => values.length > mostReadable) ? [fromBase64] : []),
    ...arrays.map(([name, array]) => arrayText(name, array)),
  ];
  const types = `/** ${about} */
export interface Prediction {
${answer.fields}
}

/** ${answer.aboutNames} */
export declare const classNames: readonly string[];
/** Numbers or cells in a row. */
export declare const features: ${features};${given.declared}
/**
 * @param rows raw inputs, as the model was trained on: nothing need be scaled
 * @throws TypeError for ${given.faults}
 */
export declare function predict(rows: readonly (${given.type})[]): Prediction[];
`;
  return { module: `${parts.join('\n\n')}\n`, types };
}

/** How a module answers, in its code and in its types. */
interface Answer {
  aboutNames: string;
  returns: string;
  lines: string;
  fields: string;
}

const aClass = ({ classNames }: SavedModel['file']): Answer => ({
  aboutNames: 'Of the classes, in the order of the probabilities.',
  returns:
    '{{ label: string, probabilities: number[] }[]} the most probable class, and all probabilities, of each row',
  lines: `  const classes = ${classNames.length};
  return rows.map((_, i) => {
    const probabilities = Array.from(result.subarray(i * classes, (i + 1) * classes));
    return { label: classNames[probabilities.indexOf(Math.max(...probabilities))], probabilities };
  });`,
  fields: `  /** The most probable class. */
  label: string;
  /** Of all classes, in the order of \`classNames\`; they add up to 1. */
  probabilities: number[];`,
});

const aNumber: Answer = {
  aboutNames: 'Of what is predicted.',
  returns: '{{ value: number }[]} what is predicted for each row, in its own unit',
  lines: '  return Array.from(result, (value) => ({ value }));',
  fields: '  /** What is predicted, in its own unit. */\n  value: number;',
};
