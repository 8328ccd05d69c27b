/** What the Wisconsin table holds, wherever its rows are from. */
/** Measurements of one tumour. */
export const wdbcFeatures = 30;
/** Names of the labels 0 and 1. */
export const wdbcClasses = ['malignant', 'benign'];

export interface Table {
  /** `[rows, 30]`, row-major. */
  readonly inputs: Float64Array;
  /** `[rows]`, 0 malignant, 1 benign. */
  readonly labels: Uint8Array;
  /** `[rows]`, the line of the file on which each begins, counted from 1; a table that was drawn has none. */
  readonly lines?: Int32Array;
}
