/** Entry point of the process of one implementation on Node.js. */
import '../src/backend/tensorflow/tensorflow.ts';
import { runLayers } from './implementations/layers.ts';
import { runNaive } from './implementations/naive.ts';
import { runZoo } from './implementations/zoo.ts';
import { Pace } from './pace.ts';

const pace = new Pace();
const assignment = await pace.assignment();
const run = assignment.name === 'zoo' ? runZoo : assignment.name === 'naive' ? runNaive : runLayers;
try {
  await run(assignment, pace);
} catch (error) {
  // The benchmark reports the last line.
  console.error((error as Error).message);
  process.exit(1);
}
