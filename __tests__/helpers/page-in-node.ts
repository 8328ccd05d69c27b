/** The state of the page and the worker that trains, connected without a browser: messages are copied as between threads. */
import type { Playground as PagesPlayground } from '../../src/playground/page/playground.ts';

type Listener = (event: { data: unknown }) => void;
const inWorker: Listener[] = [];
const inPage: Listener[] = [];
const send = (listeners: Listener[], data: unknown) => {
  const copy: unknown = structuredClone(data);
  setImmediate(() => listeners.forEach((listener) => listener({ data: copy })));
};
// Where the page's .wasm files are.
const href = new URL('../../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).href;
const location = { href, hash: '' };
const globals = {
  location,
  history: { replaceState: (_: unknown, __: string, hash: string) => (location.hash = hash) },
  scrollTo: () => {},
  postMessage: (data: unknown) => send(inPage, data),
  addEventListener: (type: string, listener: Listener) => type === 'message' && inWorker.push(listener),
  __VERSION__: 'test',
  navigator: { userAgent: '' },
  // The worker that looks inside a step does not run here, and the page does not wait for it.
  Worker: class {
    readonly trains: boolean;
    constructor(url: URL) {
      this.trains = url.pathname.endsWith('/worker.js');
    }
    addEventListener(type: string, listener: Listener) {
      if (type === 'message' && this.trains) inPage.push(listener);
    }
    postMessage(data: unknown) {
      if (this.trains) send(inWorker, data);
    }
  },
};

/** Opens the page with a hash, once a test file. */
export async function openPage(hash: string): Promise<{
  zoo: PagesPlayground;
  /** Waits until the state is as expected. */
  until: (isSo: () => unknown) => Promise<void>;
}> {
  Object.assign(globalThis, globals);
  location.hash = hash;
  let changed: () => void = () => {};
  const until = async (isSo: () => unknown) => {
    while (!isSo()) await new Promise<void>((resolve) => (changed = resolve));
  };
  const { Playground } = await import('../../src/playground/page/playground.ts');
  const zoo = new Playground(() => changed());
  await import('../../src/playground/worker.ts');
  await until(() => zoo.state.view);
  return { zoo, until };
}
