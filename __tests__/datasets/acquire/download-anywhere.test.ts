import { test } from '@jest/globals';
import fc from 'fast-check';
import { rmSync } from 'node:fs';
import { good, serve, type Behaviour } from './server.ts';
import { content, expectWhole, fetchInto, scratch } from './scratch.ts';

const place = scratch();

/** One answer that breaks off: where, how it was announced, and whether the connection ends or is reset. */
interface Break {
  at: number;
  announced: boolean;
  keepAlive: boolean;
  reset: boolean;
  resumes: boolean;
}

const breaks =
  ({ at, announced, keepAlive, reset, resumes }: Break): Behaviour =>
  (request, response) => {
    const from = resumes ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    if (announced) response.setHeader('content-length', content.length - from);
    if (!keepAlive) response.setHeader('connection', 'close');
    if (from > 0)
      response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
    response.writeHead(from > 0 ? 206 : 200);
    response.write(content.subarray(from, Math.max(at, from + 1)), () => {
      if (reset) response.socket?.resetAndDestroy();
      else response.destroy();
    });
  };

test('wherever and however connections break, the file is whole in the end', async () => {
  const broken = fc.record({
    at: fc.integer({ min: 1, max: content.length }),
    announced: fc.boolean(),
    keepAlive: fc.boolean(),
    reset: fc.boolean(),
    resumes: fc.boolean(),
  });
  const runs = fc.asyncProperty(fc.array(broken, { minLength: 1, maxLength: 2 }), async (visits) => {
    await using server = await serve((request, response, visit) =>
      (visit < visits.length ? breaks(visits[visit]) : good(content))(request, response, visit),
    );
    await fetchInto(place, server.mirror);
    expectWhole(place);
    rmSync(place.path);
  });
  await fc.assert(runs, { seed: 6, numRuns: 30 });
}, 60_000);
