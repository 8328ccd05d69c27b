/**
 * TensorBoard's event files: records of TensorFlow (length, data, and a check sum of each), every one an `Event` in
 * protocol buffers with the field numbers of tensorflow/core/util/event.proto and framework/summary.proto.
 */
import { PbfWriter } from 'pbf';

/** The first record of a file, which says what the others are. */
export const fileVersion = (seconds: number): Uint8Array =>
  record((event) => {
    event.writeDoubleField(1, seconds);
    event.writeStringField(3, 'brain.Event:2');
  });

/**
 * @param seconds of the clock, since 1970
 * @param scalars by their tags; single precision is all that the format has for them
 */
export const scalarsRecord = (seconds: number, step: number, scalars: Record<string, number>): Uint8Array =>
  record((event) => {
    event.writeDoubleField(1, seconds);
    event.writeVarintField(2, step);
    event.writeMessage(5, writeSummary, scalars);
  });

function writeSummary(scalars: Record<string, number>, summary: PbfWriter): void {
  for (const entry of Object.entries(scalars)) summary.writeMessage(1, writeValue, entry);
}

function writeValue([tag, number]: [string, number], value: PbfWriter): void {
  value.writeStringField(1, tag);
  value.writeFloatField(2, number);
}

function record(write: (event: PbfWriter) => void): Uint8Array {
  const event = new PbfWriter();
  write(event);
  const data = event.finish();
  const bytes = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedChecksum(data), true);
  return bytes;
}

/** CRC-32C's polynomial (Castagnoli, 1993), its bits in reverse. */
const polynomial = 0x82f63b78;
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
  return rest;
});

export function crc32c(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = table[(rest ^ byte) & 255] ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}

/** Turned and shifted, as records have it, so that a check sum of check sums is not a special number. */
function maskedChecksum(bytes: Uint8Array): number {
  const sum = crc32c(bytes);
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}
