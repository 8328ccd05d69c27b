const channel = 'setImmediate' in globalThis ? undefined : new MessageChannel();

/**
 * Lets timers, messages and signals have their turn. A browser makes a timer that a timer has set wait for four
 * milliseconds, a tenth of the time between two pauses; a message does not wait.
 */
export const othersTurn = (): Promise<void> =>
  new Promise((resolve) => {
    if (!channel) return void setTimeout(resolve);
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(undefined);
  });
