/** A trained model as one JavaScript module that needs nothing: it runs in a page, in Node and in a worker. */
import type { SavedModel } from '../saved-model.ts';
import type { Preprocessing } from '../../data/dataset.ts';
import { missingTexts, numberPattern } from '../../data/table/cells.ts';
import type { Graph } from './graph.ts';
import { helpersFor } from './javascript-helpers.ts';
import type { ParameterValues } from '../../model/initializers.ts';

/** Fewer are written as numbers that people can read. */
const maxReadable = 64;

function arrayText(name: string, { shape, values }: ParameterValues): string {
  const dimensions = `[${shape.join(', ')}]`;
  if (values.length <= maxReadable)
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
  // The others are written as plain numbers where they are used.
  const arrays = Object.entries(graph.constants).filter(([, { shape }]) => shape.length > 0);
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
    `function compute(${input}) {\n${linesOf(graph).join('\n')}\n  return ${output};\n}`,
    ...helpersFor(steps.map(({ op }) => op)),
    ...(arrays.some(([, { values }]) => values.length > maxReadable) ? [fromBase64] : []),
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
const aClass = ({ classNames }: SavedModel['file']) => ({
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

const aNumber: ReturnType<typeof aClass> = {
  aboutNames: 'Of what is predicted.',
  returns: '{{ value: number }[]} what is predicted for each row, in its own unit',
  lines: '  return Array.from(result, (value) => ({ value }));',
  fields: '  /** What is predicted, in its own unit. */\n  value: number;',
};

/**
 * Of one row: its type, what is refused, a declaration (in code and in types), and a function to numbers.
 *
 * @param features numbers or cells in a row
 */
const inputsOf = (preprocessing: Preprocessing, features: number) =>
  preprocessing.kind === 'table'
    ? {
        type: 'readonly unknown[] | Record<string, unknown>',
        faults:
          'a cell that is missing where none may be, no number where one must be, or a category that training did not know',
        declaration: `/** Cells in a row. */
export const features = ${features};

/** What they are: numbers, or texts of some categories. \`fill\` stands for a missing cell. */
export const columns = ${JSON.stringify(
          preprocessing.columns.map((column) => ({
            name: column.name,
            ...('categories' in column && { categories: column.categories }),
            ...(column.fill !== undefined && { fill: column.fill }),
          })),
          undefined,
          2,
        )};`,
        declared: `
/** What the cells of a row are: numbers, or texts of some categories. \`fill\` stands for a missing cell. */
export declare const columns: readonly { name: string; categories?: string[]; fill?: number | string }[];`,
        reader: tableReader,
      }
    : {
        type: 'ArrayLike<number>',
        faults: 'a row of another length, or with something that is not a finite number',
        declaration: `/** Numbers in a row. */\nexport const features = ${features};`,
        declared: '',
        reader: numbersReader,
      };

const numbersReader = `function numbersIn(row, where) {
  if (row.length !== features) throw new TypeError(\`\${where} has \${row.length} numbers, not \${features}.\`);
  if (!Array.from(row).every(Number.isFinite)) throw new TypeError(\`\${where} has something that is not a finite number.\`);
  return row;
}`;

const tableReader = `/** From cells in the order of the columns, or by their names; a category becomes its number. */
function numbersIn(row, where) {
  if (Array.isArray(row) && row.length !== features) throw new TypeError(\`\${where} has \${row.length} cells, not \${features}.\`);
  return columns.map(({ name, categories, fill }, i) => {
    const cell = Array.isArray(row) ? row[i] : Object.hasOwn(row, name) ? row[name] : undefined;
    const { number, text = fill } = valueOf(cell);
    const value = categories ? indexIn(categories, text, number) : Number.isNaN(number) && text === fill ? fill : number;
    if (Number.isFinite(value)) return value;
    throw new TypeError(\`\${where}, column \${name}: \${text} is \${categories ? 'no known category' : 'no finite number'}.\`);
  });
}

/** The number that a cell is, or NaN, and its text; undefined where it is missing. */
function valueOf(cell) {
  if (cell === null || cell === undefined) return { number: NaN };
  if (typeof cell === 'object') return { number: NaN, text: 'an object' };
  const text = String(cell).trim();
  const isNumber = typeof cell === 'string' ? ${String(numberPattern)}.test(text) : typeof cell !== 'boolean';
  return { number: isNumber ? Number(cell) : NaN, text: ${JSON.stringify(missingTexts)}.includes(text) ? undefined : text };
}

/** The place of a category, by its text, or by its number as JavaScript writes it. */
function indexIn(categories, text, number) {
  const exact = categories.indexOf(text);
  if (exact >= 0) return exact;
  const place = Number.isNaN(number) ? categories.findIndex((one) => one.trim() === text) : categories.indexOf(String(number));
  return place < 0 ? NaN : place;
}`;

/** What a file is, in a line that ends no comment. */
function titleOf({ file, model, features }: SavedModel): string {
  const name = file.model.replace(/[^\w ,.()-]/g, '?');
  const answers = model.task === 'regression' ? 'a number' : `${file.classNames.length} probabilities`;
  return `The model ${name}, trained and written by backprop-zoo: ${features} numbers in, ${answers} out.`;
}

/** Steps as statements: values that the model names, or that are used twice, get one; others stand where they are used. */
function linesOf({ steps, constants }: Graph): string[] {
  const uses = new Map<string, number>();
  for (const input of steps.flatMap(({ inputs }) => inputs)) uses.set(input, (uses.get(input) ?? 0) + 1);
  const numbers = Object.entries(constants).filter(([, { shape }]) => shape.length === 0);
  const inline = new Map(numbers.map(([name, { values }]) => [name, String(values[0])]));
  const lines: string[] = [];
  for (const { op, inputs, output, attributes } of steps) {
    const operands = inputs.map((name) => inline.get(name) ?? name);
    const given = Object.values(attributes).map((value) => JSON.stringify(value));
    const first = op === 'concat' ? [`[${operands.join(', ')}]`] : operands;
    const expression = `${op}(${[...first, ...given].join(', ')})`;
    const isNamed = !/^value(_\d+)?$/.test(output);
    if (isNamed || (uses.get(output) ?? 0) > 1) lines.push(`  const ${output} = ${expression};`);
    else inline.set(output, expression);
  }
  return lines;
}

const fitsSinglePrecision = (values: Float64Array): boolean =>
  values.every((value) => Object.is(Math.fround(value), value));

const lineLength = 100;

/** The numbers' bytes, the lowest first, in base64, in lines that an editor can show. */
function base64Lines(values: Float64Array): string[] {
  const isSingle = fitsSinglePrecision(values);
  const bytes = new Uint8Array(values.length * (isSingle ? 4 : 8));
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) =>
    isSingle ? view.setFloat32(4 * i, value, true) : view.setFloat64(8 * i, value, true),
  );
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary).match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [''];
}
