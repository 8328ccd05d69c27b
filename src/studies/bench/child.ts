/** The process of one contestant that runs on Node.js. */
import '../../node/tensorflow/register.ts';
import { runLayers, runLayersByBatch } from './layers.ts';
import { runNaive } from './naive.ts';
import { Pace } from './pace.ts';
import type { Assignment } from './protocol.ts';
import { runZoo } from './zoo-contestant.ts';

const runners: Partial<
  Record<Assignment['implementation'], (assignment: Assignment, pace: Pace) => Promise<void>>
> = { zoo: runZoo, naive: runNaive, layers: runLayers, 'layers-batch': runLayersByBatch };

const pace = new Pace();
const assignment = await pace.assignment();
await runners[assignment.implementation]!(assignment, pace);
