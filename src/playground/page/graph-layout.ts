/**
 * Where the nodes of a computation stand: from left to right in order of computation, values in one band, and in a band above
 * them the parameters, each over the value that it makes.
 */

/** Lengths in pixels. */
export interface Box {
  id: string;
  /** Ids of the boxes before it. */
  inputs: string[];
  isParameter: boolean;
  width: number;
  height: number;
}

export interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Layout {
  width: number;
  height: number;
  places: Map<string, Place>;
}

const gap = { columns: 32, rows: 18, bands: 36, parameters: 14 };

/** The column of each value: after the values before it, and right before its first use, so that the steps of a sequence follow each other. */
function columnsOf(boxes: Box[]): Map<string, number> {
  const columns = new Map<string, number>();
  const values = boxes.filter(({ isParameter }) => !isParameter);
  for (const { id, inputs } of values) {
    const before = inputs.flatMap((input) => columns.get(input) ?? []);
    columns.set(id, before.length > 0 ? Math.max(...before) + 1 : 0);
  }
  for (const { id } of values.toReversed()) {
    const uses = values.filter((box) => box.inputs.includes(id)).map((box) => columns.get(box.id)!);
    if (uses.length > 0) columns.set(id, Math.min(...uses) - 1);
  }
  for (const { id, isParameter } of boxes) {
    if (!isParameter) continue;
    const uses = values.filter((box) => box.inputs.includes(id)).map((box) => columns.get(box.id)!);
    columns.set(id, uses.length > 0 ? Math.min(...uses) : 0);
  }
  return columns;
}

const isLate = ({ inputs }: Box, column: number): boolean => column > 0 && inputs.length === 0;

/** @param boxes in order of computation */
export function layOut(boxes: Box[]): Layout {
  const columns = columnsOf(boxes);
  const inColumn = (column: number, isParameter: boolean) =>
    boxes.filter((box) => box.isParameter === isParameter && columns.get(box.id) === column);
  const stacks = Array.from({ length: Math.max(...columns.values()) + 1 }, (_, column) => ({
    // Targets stand below what is computed.
    values: inColumn(column, false).sort((a, b) => Number(isLate(a, column)) - Number(isLate(b, column))),
    parameters: inColumn(column, true),
  }));
  const heightOf = (values: Box[]) => values.reduce((sum, { height }) => sum + height + gap.rows, -gap.rows);
  const band = Math.max(0, ...boxes.filter(({ isParameter }) => isParameter).map(({ height }) => height));
  // The first values of the columns stand in one line, others below them.
  const first = Math.max(0, ...stacks.map(({ values }) => values[0]?.height ?? 0));
  const middle = (band > 0 ? band + gap.bands : 0) + first / 2;
  const places = new Map<string, Place>();
  let [valuesEnd, parametersEnd, bottom] = [-gap.columns, -gap.parameters, 0];
  for (const { values, parameters } of stacks) {
    const width = Math.max(0, ...values.map((box) => box.width));
    const over = parameters.reduce((sum, box) => sum + box.width + gap.parameters, -gap.parameters);
    let center = valuesEnd + gap.columns + width / 2;
    if (parameters.length > 0) {
      center = Math.max(center, parametersEnd + gap.parameters + over / 2);
      parametersEnd = center + over / 2;
    }
    if (values.length > 0) valuesEnd = center + width / 2;
    let top = middle - (values[0]?.height ?? 0) / 2;
    bottom = Math.max(bottom, top + heightOf(values));
    // At the left, so that no edge into a narrow card runs behind a wider one.
    let left = center - width / 2;
    for (const { id, width, height } of values) {
      places.set(id, { left, top, width, height });
      top += height + gap.rows;
    }
    left = center - over / 2;
    for (const { id, width, height } of parameters) {
      places.set(id, { left, top: band - height, width, height });
      left += width + gap.parameters;
    }
  }
  return { width: Math.max(valuesEnd, parametersEnd), height: bottom, places };
}
