/**
 * The worker that computes the inside of one step in double precision while the other one trains.
 */
import { check, graph } from './inside/graph.ts';
import { serve } from './remote.ts';

const methods = { graph, check };

export type InsideWorker = typeof methods;

serve(methods);
