import type { PartProps } from './words.ts';

export function Files(_: PartProps) {
  return null;
}
