import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test, expect } from '@jest/globals';
import { findBrowser } from './browser.ts';
import { openPlayground, type OpenPlayground } from './playground.ts';

/** What the tests of the page stand on; there once they run. */
interface Stage {
  playground: OpenPlayground;
  /** An empty folder. */
  scratch: string;
}

/** Tests in a page that is built and served once for them, and that must say nothing on its console. Without a browser they are skipped. */
export function describeInPlayground(title: string, tests: (stage: Stage) => void): void {
  const executable = findBrowser();
  if (!executable) console.info(`SKIPPED ${title}: no Chromium is installed here (or set ZOO_BROWSER).`);

  (executable ? describe : describe.skip)(title, () => {
    const stage = {} as Stage;
    beforeAll(async () => {
      stage.scratch = await mkdtemp(join(tmpdir(), 'of-the-page-'));
      stage.playground = await openPlayground(executable!);
    });
    afterAll(async () => {
      await stage.playground?.close();
      await rm(stage.scratch, { recursive: true });
    });

    tests(stage);

    test('no page said anything on its console', () => {
      expect(stage.playground.complaints).toEqual([]);
    });
  });
}
