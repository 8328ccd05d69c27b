/** The models of rows of numbers. */
import type { ModelDefinition } from '../src/model/index.ts';
import { breastCancer } from './breast-cancer.ts';
import { cats } from './cats.ts';
import { gate } from './gate.ts';
import { lenet } from './lenet.ts';
import { mlp } from './mlp.ts';
import { mnist } from './mnist.ts';
import { points } from './points.ts';
import { softmax } from './softmax.ts';
import { xorComposed } from './xor-composed.ts';
import { xor } from './xor.ts';

export const rowModels: Record<string, ModelDefinition> = {
  gate,
  'xor-composed': xorComposed,
  xor,
  points,
  cats,
  'breast-cancer': breastCancer,
  softmax,
  mnist,
  lenet,
  mlp,
};
