import type { Outcome } from './types.ts';
export const reportText = (_: Outcome[], seed: number): string => String(seed);
