/**
 * How far two numbers agree, counted in decimal digits of the printed one.
 */
import type { BackendName } from '../backend/index.ts';
import type { ComparedRow, DocumentName, Report } from './report.ts';

/** Agreement that counts as reproduced, where at least as many digits were printed. */
const requiredDigits = 8;
/** On backends that compute in single precision. */
const singlePrecisionTolerance = 1e-4;

/** A printed number: its value, how many significant digits its text has (a printed 0 one), its last place. */
export function readPrinted(text: string): { value: number; digits: number; lastPlace: number } {
  const match = /^-?(\d+)(?:\.(\d*))?$/.exec(text);
  if (!match) throw new RangeError(`${JSON.stringify(text)} is not a printed number`);
  const [, whole, decimals = ''] = match;
  const digits = (whole + decimals).replace(/^0+/, '').length || 1;
  return { value: Number(text), digits, lastPlace: 10 ** -decimals.length };
}

/**
 * Leading significant digits in which `ours` agrees: as many as leave the difference at half a unit of the last of
 * them or less, so that both round to the same.
 */
export function agreeingDigits(printed: string, ours: number): number {
  const { value, digits, lastPlace } = readPrinted(printed);
  const apart = Math.abs(ours - value);
  if (value === 0) return apart <= lastPlace / 2 ? 1 : 0;
  const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-12);
  for (let agreeing = digits; agreeing > 0; agreeing--) {
    // 1e-9: halves that only rounding in the subtraction pushes over the edge.
    if (apart <= 0.5 * 10 ** (exponent - agreeing + 1) * (1 + 1e-9)) return agreeing;
  }
  return 0;
}

/** Whether `ours` reproduces the printed number on that backend. */
export function agrees(printed: string, ours: number, backend: BackendName): boolean {
  const { value, digits, lastPlace } = readPrinted(printed);
  if (agreeingDigits(printed, ours) >= Math.min(requiredDigits, digits)) return true;
  if (backend === 'float64') return false;
  return Math.abs(ours - value) <= singlePrecisionTolerance * Math.abs(value) + lastPlace / 2;
}

export interface Printed {
  document: DocumentName;
  item: string;
  printed: string;
  group?: string;
  /** `exact` where it is left out. */
  kind?: ComparedRow['kind'];
}

const printedRow = ({ printed, ...what }: Printed) => ({
  kind: 'exact' as ComparedRow['kind'],
  ...what,
  printed: Number(printed),
  printedDigits: readPrinted(printed).digits,
});

/** The row of a number that is the same in every run. */
export const exactRow = (printed: Printed, ours: number, backend: BackendName): ComparedRow => ({
  ...printedRow(printed),
  ours,
  digits: agreeingDigits(printed.printed, ours),
  reproduced: agrees(printed.printed, ours, backend),
});

/** The row of a number whose data is unavailable. */
const rowWithoutData = (printed: Printed, needsData: string): ComparedRow => ({
  ...printedRow(printed),
  ...{ ours: null, digits: null, reproduced: false, needsData },
});

/** A printed number, and how ours is read from an outcome. */
export interface Reading<Outcome> {
  what: Printed;
  of: (outcome: Outcome) => number;
}

export const readRows = <Outcome>(
  readings: Reading<Outcome>[],
  outcome: Outcome,
  backend: BackendName,
): ComparedRow[] => readings.map(({ what, of }) => exactRow(what, of(outcome), backend));

export const reportWithoutData = (readings: { what: Printed }[], needsData: string): Partial<Report> => ({
  rows: readings.map(({ what }) => rowWithoutData(what, needsData)),
});
