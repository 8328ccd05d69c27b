import { expect, jest, test } from '@jest/globals';

test('without setImmediate, as in browsers, waiting work runs after a message and without a timer', async () => {
  const { MessageChannel, setImmediate } = globalThis;
  const timer = jest.spyOn(globalThis, 'setTimeout');
  const channels: MessageChannel[] = [];
  class Channel extends MessageChannel {
    constructor() {
      super();
      channels.push(this);
    }
  }
  Object.assign(globalThis, { MessageChannel: Channel });
  Reflect.deleteProperty(globalThis, 'setImmediate');
  try {
    const { yieldToEventLoop } = await import('../../../src/utils/event-loop.ts');
    await yieldToEventLoop();
    await yieldToEventLoop();
    expect(channels).toHaveLength(1);
    expect(timer).not.toHaveBeenCalled();
  } finally {
    Object.assign(globalThis, { MessageChannel, setImmediate });
    timer.mockRestore();
    for (const { port1 } of channels) port1.close();
  }
});
