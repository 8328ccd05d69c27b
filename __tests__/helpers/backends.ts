/** Tests that run on every backend there is, and say so where one is missing. */
import '../../src/backend/tensorflow/tensorflow.ts';
import { beforeAll, describe } from '@jest/globals';
import { backendNames, backendStates, useBackend, type BackendName } from '../../src/backend/index.ts';

const states = await backendStates();

/** Those that compute in single precision. */
export const float32Backends = backendNames.filter((name) => name !== 'float64');

/** `describe` for each of the backends, with that backend in use; one that does not load is skipped, and says why. */
export function describeOnEach(
  title: string,
  names: readonly BackendName[],
  body: (backend: BackendName) => void,
): void {
  for (const name of names) {
    const state = states.find((each) => each.name === name)!;
    if (!state.loads)
      console.info(`SKIPPED "${title}" on ${name}, which does not load here: ${state.reason}`);
    (state.loads ? describe : describe.skip)(`${title} on ${name}`, () => {
      beforeAll(async () => {
        await useBackend(name);
      });
      body(name);
    });
  }
}
