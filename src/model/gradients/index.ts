/**
 * Where gradients come from. The training loop and the gradient check take any of the three and cannot tell
 * them apart.
 */
import { autodiff } from './autodiff.ts';
import { manual } from './manual.ts';
import { numeric } from './numeric.ts';
import type { GradientSource } from './source.ts';

export const gradientSources = { manual, autodiff, numeric } satisfies Record<string, GradientSource>;

export type GradientSourceName = keyof typeof gradientSources;
