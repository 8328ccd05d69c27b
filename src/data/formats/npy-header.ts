/** How an array of NumPy begins: the NPY format, versions 1 to 3 (NumPy Enhancement Proposal 1). */
export const npyMagic = [0x93, ...new TextEncoder().encode('NUMPY')];

/** What the header says; what it does not say, or not in the usual words, is undefined. */
export interface NpyHeader {
  /** `<` little-endian, `>` big-endian, `|` or `=` where it does not matter or is the machine's. */
  order?: string;
  /** Kind and bytes of a value: `f4`, `u1`; of texts `U` and their letters. */
  type?: string;
  isFortran?: boolean;
  shape?: number[];
  /** Where the values begin. */
  end: number;
}

/** Longer ones belong to records, which nothing here reads. */
const mostLetters = 10_000;

export const isNpy = (bytes: Uint8Array): boolean => npyMagic.every((byte, i) => bytes[i] === byte);

/** @returns undefined where the bytes end before the header does */
export function npyHeader(bytes: Uint8Array): NpyHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = bytes[6] > 1;
  const start = isLong ? 12 : 10;
  if (bytes.length < start) return undefined;
  const length = isLong ? view.getUint32(8, true) : view.getUint16(8, true);
  const end = start + length;
  if (end > bytes.length) return undefined;
  const header = new TextDecoder('latin1').decode(
    bytes.subarray(start, start + Math.min(length, mostLetters)),
  );
  const [, order, type] = /'descr': *'([<>|=])([a-zA-Z]\d+)'/.exec(header) ?? [];
  const [, fortran] = /'fortran_order': *(True|False)/.exec(header) ?? [];
  const [, tuple] = /'shape': *\(([\d, ]*)\)/.exec(header) ?? [];
  return {
    order,
    type,
    isFortran: fortran === undefined ? undefined : fortran === 'True',
    shape: tuple
      ?.split(',')
      .filter((word) => word.trim() !== '')
      .map(Number),
    end,
  };
}
