/** The zoo. A new model needs its own file and one line here. */
import type { ModelDefinition } from '../src/model/index.ts';
import { bigram } from './bigram.ts';
import { breastCancer } from './breast-cancer.ts';
import { cats } from './cats.ts';
import { gate } from './gate.ts';
import { gpt } from './gpt.ts';
import { gru } from './gru.ts';
import { lenet } from './lenet.ts';
import { lstm } from './lstm.ts';
import { mlp } from './mlp.ts';
import { mnist } from './mnist.ts';
import { points } from './points.ts';
import { rnn } from './rnn.ts';
import { softmax } from './softmax.ts';
import { xorComposed } from './xor-composed.ts';
import { xor } from './xor.ts';

export const models: Record<string, ModelDefinition> = {
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
  bigram,
  rnn,
  lstm,
  gru,
  gpt,
};
