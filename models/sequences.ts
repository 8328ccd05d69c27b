/** The models of sequences: apart from the others, because the page loads them when one of them is chosen. */
import type { ModelDefinition } from '../src/model/index.ts';
import { bigram } from './bigram.ts';
import { gpt } from './gpt.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { rnn } from './rnn.ts';

export const sequenceModels: Record<string, ModelDefinition> = { bigram, rnn, lstm, gru, gpt };
