/**
 * Measures the playground in a real browser beside Node, in one interleaved session, and prints the tables of
 * docs/playground.md: `npm run playground-measure`.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findBrowser } from '../__tests__/helpers/browser.ts';
import { hashOf, openPlayground } from '../__tests__/helpers/playground.ts';
import { datasets } from '../datasets/index.ts';
import type { LoadedDataset } from '../src/core/data/dataset.ts';
import { dataRequestWith } from '../src/node/data-request.ts';
import { train as trainInNode, models } from '../src/index.ts';
import { median } from '../src/core/median.ts';

const rounds = Number(process.argv[2] ?? 5);

const executable = findBrowser();
if (!executable) throw new Error('No Chromium is installed here (or set ZOO_BROWSER).');
const playground = await openPlayground(executable);

const spread = (values: number[], digits = 2): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} … ${Math.max(...values).toFixed(digits)})`;

/** Seconds of processor time that pages and their workers have taken. */
async function secondsOfPages(): Promise<number> {
  const session = await playground.browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.reduce((sum, { type, cpuTime }) => (type === 'renderer' ? sum + cpuTime : sum), 0);
}

interface Taken {
  /** Of training, by the clock. */
  seconds: number;
  /** Of the processor: training, scoring every row and, in the page, drawing all of it. */
  work: number;
}

async function inPage(hash: string): Promise<Taken> {
  const page = await playground.open(hash);
  // Both sides train on rows that are there: drawing digits is measured apart.
  await page.waitForTimeout(hash.includes('mnist') ? 8000 : 500);
  const before = await secondsOfPages();
  await page.click('.run .primary');
  await hashOf(page);
  const work = (await secondsOfPages()) - before;
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('text="run.json"')]);
  const { seconds } = JSON.parse(await readFile(await file.path(), 'utf8')) as { seconds: number };
  await page.context().close();
  return { seconds, work };
}

async function inNode(model: string, epochs: number, data: LoadedDataset): Promise<Taken> {
  const before = process.cpuUsage();
  const { seconds } = await trainInNode(models[model], { epochs, backend: 'wasm', data });
  const { user, system } = process.cpuUsage(before);
  return { seconds, work: (user + system) / 1e6 };
}

async function paces(model: string, epochs: number, steps: number): Promise<void> {
  const [byClock, byWork, pace]: [number[], number[], number[]] = [[], [], []];
  const data = await datasets[models[model].dataset].load(dataRequestWith({ data: 'built-in' }));
  for (let round = 0; round < rounds; round++) {
    const page = await inPage(`#model=${model}&epochs=${epochs}`);
    const node = await inNode(model, epochs, data);
    byClock.push(node.seconds / page.seconds);
    byWork.push(node.work / page.work);
    pace.push(steps / node.seconds);
  }
  console.log(`| ${model} | ${spread(byClock)} | ${spread(byWork)} | ${Math.round(median(pace))} |`);
}

/** From an empty cache to the first step, by a click that comes as soon as there is a button. */
async function firstStep(name: string, hash: string): Promise<void> {
  const seconds: number[] = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const context = await playground.browser.newContext();
    const page = await context.newPage();
    const loaded = new Set<string>();
    page.on('request', (request) => loaded.add(new URL(request.url()).pathname.slice(1)));
    await page.addInitScript(() => {
      const timer = setInterval(() => {
        document.querySelector<HTMLButtonElement>('.run .primary:enabled')?.click();
        const step = document.querySelector('#step')?.textContent;
        if (!step || step === '0') return;
        clearInterval(timer);
        document.title = String(performance.now());
      }, 5);
    });
    await page.goto(`${playground.address}${hash}`);
    await page.waitForFunction(() => Number(document.title) > 0, undefined, { timeout: 60_000 });
    seconds.push(Number(await page.title()) / 1000);
    bytes = 0;
    // What draws the curves is asked for after the first step.
    for (const path of [...loaded].filter((path) => /\.js$/.test(path) && !path.includes('chart-'))) {
      if ((await stat(join(playground.folder, path)).catch(() => undefined)) === undefined) continue;
      bytes += gzipSync(await readFile(join(playground.folder, path))).length;
    }
    await context.close();
  }
  console.log(`| ${name} | ${spread(seconds)} | ${(bytes / 1000).toFixed(0)} |`);
}

/** The longest time for which the page could not answer while a model trained at full speed. */
async function longestTask(name: string, hash: string): Promise<void> {
  const page = await playground.open(hash);
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      type: 'longtask',
    });
  });
  await page.click('.run .primary');
  await hashOf(page);
  const tasks = await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
  console.log(`| ${name} | ${tasks.length === 0 ? 'none above 50' : Math.max(...tasks)} |`);
  await page.context().close();
}

/** Resident memory of the processes that hold pages with their workers. Linux tells it. */
async function residentBytes(): Promise<number> {
  const session = await playground.browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN);
    });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Memory while one run goes on and on. */
async function memory(name: string, hash: string, marks: number[]): Promise<void> {
  const page = await playground.open(hash);
  await page.click('.run .primary');
  const cells: string[] = [];
  for (const mark of marks) {
    await page.waitForFunction((step) => Number(document.querySelector('#step')!.textContent) >= step, mark, {
      timeout: 600_000,
    });
    cells.push(((await residentBytes()) / 1e6).toFixed(0));
  }
  console.log(`| ${name} | ${cells.join(' | ')} |`);
  await page.context().close();
}

console.log('page ÷ Node | steps a second | steps by a second of the processor | steps a second in Node');
await paces('mnist', 6, 6840);
await paces('points', 1000, 1000);
await paces('gate', 5000, 5000);
console.log('from an empty cache to the first step, s | | JavaScript, kB gzip');
await firstStep('gate', '#model=gate&epochs=100000');
await firstStep('mnist', '#model=mnist');
console.log('longest task of the page, ms');
await longestTask('mnist', '#model=mnist&epochs=3');
const marks = [500, 5_000, 10_000, 15_000, 20_000];
console.log(`memory of page and worker, MB, at step | ${marks.join(' | ')}`);
await memory('mnist', '#model=mnist&epochs=30', marks);
await memory('gate', '#model=gate&epochs=40000', marks);
await playground.close();
