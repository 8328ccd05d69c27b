/** A page without any script of ours: it imports an exported module, in the page itself and in a worker, and runs it. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';

const page = `<!doctype html><link rel="icon" href="data:,">
<script type="module">
  import { predict } from '/model.mjs';
  const rows = await (await fetch('/rows.json')).json();
  globalThis.inPage = predict(rows).map(({ probabilities, value }) => probabilities ?? [value]);
  const worker = new Worker('/worker.mjs', { type: 'module' });
  worker.onmessage = ({ data }) => { globalThis.inWorker = data; document.title = 'ready'; };
  worker.postMessage(rows);
</script>`;

const worker = `import { predict } from '/model.mjs';
onmessage = ({ data }) => postMessage(predict(data).map(({ probabilities, value }) => probabilities ?? [value]));`;

/** @returns the probabilities that the page and its worker have found */
export async function readInBrowser(
  browser: Browser,
  file: string,
  rows: (number | string)[][],
): Promise<{ inPage: number[][]; inWorker: number[][] }> {
  const answers: Record<string, [type: string, content: string]> = {
    '/': ['text/html', page],
    '/model.mjs': ['text/javascript', await readFile(file, 'utf8')],
    '/worker.mjs': ['text/javascript', worker],
    '/rows.json': ['application/json', JSON.stringify(rows)],
  };
  const server = createServer((request, response) => {
    const [type, content] = answers[request.url!];
    response.setHeader('Content-Type', type);
    response.end(content);
  }).listen(0, '127.0.0.1');
  const tab = await browser.newPage();
  try {
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.waitForFunction(() => document.title === 'ready');
    return await tab.evaluate(() => {
      const { inPage, inWorker } = globalThis as unknown as { inPage: number[][]; inWorker: number[][] };
      return { inPage, inWorker };
    });
  } finally {
    await tab.close();
    server.close();
  }
}
