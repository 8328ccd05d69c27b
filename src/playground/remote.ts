/**
 * Remote calls between the page and a worker: methods as promises, and messages from the worker.
 */

/** Methods by name; each returns a promise on the other side. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any method
type Methods = Record<string, (...args: any[]) => unknown>;

export type Remote<M extends Methods> = {
  [name in keyof M]: (...args: Parameters<M[name]>) => Promise<Awaited<ReturnType<M[name]>>>;
};

interface Call {
  id: number;
  method: string;
  args: unknown[];
}

type Answer =
  { ready: true } | { id: number; result: unknown } | { id: number; error: string } | { told: unknown };

/** In the worker: answers calls from now on; calls during the loading of its modules would be lost. */
export function serve(methods: Methods): void {
  addEventListener('message', ({ data }: MessageEvent<Call>) => {
    const { id, method, args } = data;
    void Promise.resolve()
      .then(() => methods[method](...args))
      .then(
        (result) => postMessage({ id, result } satisfies Answer),
        (error: Error) => postMessage({ id, error: error.message } satisfies Answer),
      );
  });
  postMessage({ ready: true } satisfies Answer);
}

/** In the worker: sends a message to the page. */
export const tell = (told: unknown): void => postMessage({ told } satisfies Answer);

/** In the page: the methods of the worker. @param onTold receives its messages */
export function remote<M extends Methods, Told = never>(
  worker: Worker,
  onTold: (told: Told) => void = () => {},
): Remote<M> {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let calls = 0;
  let start: () => void;
  const isReady = new Promise<void>((resolve) => (start = resolve));
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    if ('ready' in data) return start();
    if ('told' in data) return onTold(data.told as Told);
    const caller = waiting.get(data.id);
    waiting.delete(data.id);
    if ('error' in data) caller?.reject(new Error(data.error));
    else caller?.resolve(data.result as never);
  });
  const method =
    (name: string) =>
    (...args: unknown[]) =>
      isReady.then(
        () =>
          new Promise((resolve, reject) => {
            waiting.set(++calls, { resolve, reject });
            worker.postMessage({ id: calls, method: name, args } satisfies Call);
          }),
      );
  return new Proxy({}, { get: (_, name: string) => method(name) }) as Remote<M>;
}
