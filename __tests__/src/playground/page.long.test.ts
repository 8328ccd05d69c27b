/**
 * The playground in a real browser, used as a person would: by its buttons, its form and its address.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { drawDigits } from '../../../datasets/built-in/digits.ts';
import { RandomState } from '../../../src/utils/random.ts';
import { writeIdx } from '../../datasets/formats/write-idx.ts';
import { describeInPlayground } from '../../helpers/in-playground.ts';
import { download, hashOf, train } from '../../helpers/playground.ts';
import { zooHere } from '../../helpers/zoo-here.ts';

const axePath = fileURLToPath(new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url));

interface Axe {
  axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
}

const untilStep = (page: Page, step: number) =>
  page.waitForFunction((wanted) => document.querySelector('#step')?.textContent === wanted, String(step));

describeInPlayground('the playground', (stage) => {
  test('a run in the page ends with the weights of the command line, to the last bit', async () => {
    const page = await stage.playground.open('#model=gate&gate=or&epochs=200&seed=7');
    const hash = await train(page);
    const words = [
      '--gate',
      'or',
      '--epochs',
      '200',
      '--seed',
      '7',
      '--backend',
      'wasm',
      '--out',
      stage.scratch,
    ];
    await zooHere(['train', 'gate', ...words, '--quiet'], stage.scratch);
    const weights = await readFile(join(stage.scratch, 'weights.json'), 'utf8');
    expect(hash).toBe(createHash('sha256').update(weights).digest('hex'));
    expect(await download(page, 'weights.json')).toBe(weights);
    await page.context().close();
  });

  test('the files of a run are verified on the command line, and a link replays it', async () => {
    const page = await stage.playground.open('#model=breast-cancer&epochs=30&init=normal&gradients=autodiff');
    const hash = await train(page);
    const directory = join(stage.scratch, 'from-the-page');
    await mkdir(directory);
    for (const name of ['weights.json', 'run.json'])
      await writeFile(join(directory, name), await download(page, name));
    const verified = await zooHere(['verify', directory, '--json'], stage.scratch);
    expect(JSON.parse(verified.stdout)).toMatchObject({ verified: true });
    expect(await download(page, 'curves.svg')).toContain('<polyline');

    const link = await page.inputValue('.result input');
    expect(link).toContain('&seed=42&');
    const other = await stage.playground.open(new URL(link).hash);
    expect(await train(other)).toBe(hash);
    await page.context().close();
    await other.context().close();
  });

  test('training stops after a step or an epoch, goes on, and the pauses change nothing', async () => {
    const page = await stage.playground.open('#model=points&rows=600&batchSize=100&epochs=4');
    const run = page.locator('.run');
    await run.getByText('One step').click();
    await untilStep(page, 1);
    await run.getByText('One epoch').click();
    await untilStep(page, 6);
    const inSteps = await train(page);
    await run.getByText('Reset').click();
    await page.waitForFunction(() => !document.querySelector('#hash'));
    await untilStep(page, 0);
    expect(await train(page)).toBe(inSteps);
    await page.context().close();
  });

  test('a run is restored in a new tab, and ends with the same weights', async () => {
    const address = '#model=points&rows=500&epochs=300';
    const page = await stage.playground.open(address);
    const whole = await train(page);
    await page.locator('.run').getByText('Reset').click();
    await page.locator('.run').getByText('One epoch').click();
    await untilStep(page, 1);
    await page.close({ runBeforeUnload: true });
    const again = await page.context().newPage();
    await again.goto(`${stage.playground.address}${address}`);
    await again.waitForSelector('text=as you left it');
    expect(await again.innerText('#step')).toBe('1');
    await again.click('.run .primary');
    expect(await hashOf(again)).toBe(whole);
    await again.context().close();
  });

  test.each([
    ['a gate', 'gate'],
    ['the network of a table', 'breast-cancer'],
    ['a model of sequences', 'bigram'],
  ])(
    'the first step of %s needs at most 250 kB of JavaScript, and with the graph of a step 260 kB',
    async (_, model) => {
      const loadedBy = async (withGraph: boolean) => {
        const context = await stage.playground.browser.newContext();
        // The graph is computed in a worker of its own, for which training does not wait.
        if (!withGraph) await context.route('**/inside-worker.js', (route) => route.abort());
        const page = await context.newPage();
        const loaded = new Set<string>();
        page.on('request', (request) => loaded.add(new URL(request.url()).pathname.slice(1)));
        await page.goto(`${stage.playground.address}#model=${model}`);
        await page.click('.run .primary');
        await page.waitForFunction(() => Number(document.querySelector('#step')?.textContent) > 0);
        // What draws the curves is asked for after the first step.
        const scripts = [...loaded].filter((path) => path.endsWith('.js') && !path.includes('chart-'));
        const sizes = await Promise.all(
          scripts.map(async (path) => {
            if (!withGraph && path === 'inside-worker.js') return 0;
            return gzipSync(await readFile(join(stage.playground.folder, path))).length;
          }),
        );
        await context.close();
        return sizes.reduce((sum, size) => sum + size, 0);
      };
      expect(await loadedBy(false)).toBeLessThan(250_000);
      expect(await loadedBy(true)).toBeLessThan(260_000);
    },
  );

  test('an invalid setting is marked at its field with what is wrong, and nothing starts until it is valid', async () => {
    const page = await stage.playground.open('#model=gate&gate=or&learningRate=fast');
    const field = page.locator('input[name=learningRate]');
    const isMarked = async () => {
      expect(await field.inputValue()).toBe('fast');
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      const described = await page.innerText(`#${await field.getAttribute('aria-describedby')}`);
      expect(described).toMatch(/^Learning rate: learningRate takes a number/);
      expect(await page.innerText('.notes .wrong')).toBe(described);
      expect(await page.isDisabled('.run .primary')).toBe(true);
    };
    await isMarked();
    expect(await page.inputValue('select[name=gate]')).toBe('or');
    await field.fill('0.25');
    await field.press('Enter');
    await page.waitForFunction(() => location.hash.includes('learningRate=0.25'));
    expect(await field.getAttribute('aria-invalid')).toBeNull();
    await field.fill('fast');
    await field.press('Enter');
    await page.waitForSelector('[aria-invalid]');
    await isMarked();
    await page.fill('input[name=learningRate]', '0.5');
    await page.press('input[name=learningRate]', 'Tab');
    await page.waitForFunction(() => location.hash.includes('learningRate=0.5'));
    expect(await page.locator('.notes .wrong').count()).toBe(0);
    await page.context().close();
    const wrong = await stage.playground.open('#model=nonsense');
    await wrong.waitForSelector('text=Unknown model "nonsense"');
    expect(await wrong.inputValue('.model select')).toBe('nonsense');
    expect(await wrong.getAttribute('.model select', 'aria-invalid')).toBe('true');
    expect(await wrong.innerText('.origin-of-data')).toContain('Generated data: logic-gates');
    await wrong.context().close();
  });

  test('a dropped weights.json predicts what zoo predict predicts', async () => {
    const out = join(stage.scratch, 'xor');
    await zooHere(
      ['train', 'xor', '--epochs', '50', '--backend', 'wasm', '--out', out, '--quiet'],
      stage.scratch,
    );
    const words = ['predict', out, '--values', '1,0', '--backend', 'wasm', '--json'];
    const expected = JSON.parse((await zooHere(words, stage.scratch)).stdout) as {
      predictions: [{ label: string; probabilities: number[] }];
    };
    const page = await stage.playground.open();
    await page.setInputFiles('.files input[type=file]', join(out, 'weights.json'));
    await page.fill('.files form input', '1, 0');
    await page.press('.files form input', 'Enter');
    await page.waitForSelector('.files [data-probability]');
    const shown = await page.$$eval('.files [data-probability]', (items) =>
      items.map((item) => Number((item as HTMLElement).dataset.probability)),
    );
    expect(shown).toEqual(expected.predictions[0].probabilities);
    expect(await page.innerText('.answer')).toContain(expected.predictions[0].label);
    await page.context().close();
  });

  test('a table of the user trains to the weights of the command line, and verifies', async () => {
    const random = new RandomState(3);
    const rows = Array.from({ length: 60 }, () => Array.from(random.uniform(-1, 1, 2)));
    const lines = rows.map(([x, y]) => `${x},${y},${x * y > 0 ? 'same' : 'other'}`);
    const file = join(stage.scratch, 'signs.csv');
    await writeFile(file, ['x,y,signs', ...lines].join('\n'));
    const page = await stage.playground.open();
    await page.setInputFiles('.files input[type=file]', file);
    await page.click('text=Train on it');
    await page.waitForSelector('.surface');
    const hash = await hashOf(page);
    const out = join(stage.scratch, 'signs');
    const words = ['--data-file', file, '--target', 'signs', '--backend', 'wasm', '--out', out, '--quiet'];
    await zooHere(['train', 'mlp', ...words], stage.scratch);
    const weights = await readFile(join(out, 'weights.json'), 'utf8');
    expect(await download(page, 'weights.json')).toBe(weights);
    expect(hash).toBe(createHash('sha256').update(weights).digest('hex'));
    await page.context().close();
  });

  test('trains on four IDX files, and rejects a damaged one', async () => {
    const shape = [20, 28, 28];
    const pixels = drawDigits({ count: 20, seed: 5 });
    const images = writeIdx(shape, pixels.pixels);
    const files = [
      'train-images-idx3-ubyte.gz',
      't10k-images-idx3-ubyte',
      'train-labels-idx1-ubyte',
      't10k-labels-idx1-ubyte',
    ].map((name) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(
        name.endsWith('.gz')
          ? gzipSync(images)
          : name.includes('images')
            ? images
            : writeIdx([20], pixels.labels),
      ),
    }));
    const page = await stage.playground.open();
    await page.setInputFiles('.files input[type=file]', files);
    await page.waitForSelector('text=20 digits');
    await page.setInputFiles('.files input[type=file]', [
      { ...files[0], buffer: Buffer.from('no digits') },
      ...files.slice(1),
    ]);
    await page.waitForSelector('text=this is not an IDX file');
    await page.click('text=Train on it');
    await page.waitForSelector('.tiles');
    expect(await hashOf(page)).toMatch(/^[0-9a-f]{64}$/);
    await page.context().close();
  });

  test('shows a step as a graph: values, hand-written gradients below them, and all three ways to each gradient', async () => {
    const page = await stage.playground.open('#model=breast-cancer&init=normal&units=4');
    await page.waitForSelector('.card');
    const names = await page.$$eval('.card', (cards) =>
      cards.map((card) => (card as HTMLElement).dataset.name),
    );
    expect(names).toEqual(
      expect.arrayContaining(['x', 'y', 'hiddenWeights', 'hidden', 'logits', 'ŷ', 'loss']),
    );
    await page.click('.card[data-name=hiddenWeights]');
    await page.waitForSelector('.verdict:not(.hint)');
    expect(await page.innerText('.verdict')).toBe('All three agree.');
    // The numbers of the page are those of the command line's check of the same point.
    const digits = await page.$$eval('.numbers tbody tr td:last-child', (cells) =>
      cells.map((cell) => cell.textContent),
    );
    expect(digits.length).toBe(120);
    for (const each of digits) expect(Number(each.split(' · ')[0])).toBeGreaterThanOrEqual(9);

    await page.click('.card[data-name=outputWeights]');
    await page.waitForSelector('.detail[data-node=outputWeights] .origin');
    expect(await page.innerText('.gradient-panel')).toContain('transposedMatMul(hidden, dLogits)');
    await page.context().close();
  });

  test('goes through the stages of a step forward and back, for every model', async () => {
    const page = await stage.playground.open();
    const models = await page.$$eval('.model-menu .model option', (options) =>
      options.map((option) => (option as HTMLOptionElement).value),
    );
    expect(models.length).toBeGreaterThanOrEqual(14);
    for (const model of models.filter((name) => name !== 'xor-composed')) {
      await page.goto(`${stage.playground.address}#model=${model}`);
      await page.waitForFunction((name) => location.hash.startsWith(`#model=${name}&`), model);
      await page.waitForSelector('.card', { timeout: 60_000 });
      const { phases, before, after } = await page.evaluate(async () => {
        const slider = document.querySelector<HTMLInputElement>('.player input[type=range]')!;
        const redrawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        const show = async (stage: number) => {
          slider.value = String(stage);
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          await redrawn();
        };
        const count = (selector: string) => document.querySelectorAll(selector).length;
        await show(0);
        const before = count('.card .gradient:not(.later)');
        const phases: string[] = [];
        for (let stage = 1; stage <= Number(slider.max); stage++) {
          await show(stage);
          phases.push(document.querySelector<HTMLElement>('.stage')!.dataset.phase!);
        }
        return { phases, before, after: count('.card .later') };
      });
      expect([model, before, after]).toEqual([model, 0, 0]);
      const order = ['forward', 'loss', 'backward'];
      expect(phases).toEqual([...phases].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
      expect(new Set(phases)).toEqual(new Set(order));
    }
    await page.context().close();
  }, 240_000);

  test('the tour goes from forward to the mistake of document 003, and each stop has a link', async () => {
    const page = await stage.playground.open();
    await page.click('text=Tour, 2 minutes');
    const titles: string[] = [];
    for (const stop of ['forward', 'loss', 'backward', 'step', 'mistake']) {
      await page.waitForFunction((name) => location.hash.includes(`tour=${name}`), stop);
      await page.waitForSelector('.card');
      titles.push(await page.innerText('.tour h2'));
      if (stop === 'loss') await page.waitForSelector('.stage[data-phase=loss]');
      if (stop === 'backward') await page.waitForSelector('.detail .verdict:not(.hint)');
      if (stop === 'step') await untilStep(page, 1);
      if (stop !== 'mistake') await page.click('.tour .primary');
    }
    expect(new Set(titles).size).toBe(5);
    await page.waitForSelector('.verdict.wrong');
    expect(await page.innerText('.detail h3')).toContain('hiddenBias');
    expect(await page.innerText('.verdict')).toContain('sum over the rows only, not over the units too');

    const other = await stage.playground.open(new URL(page.url()).hash);
    await other.waitForSelector('.verdict.wrong');
    expect(await other.innerText('.tour h2')).toBe(titles[4]);
    await other.click('.tour .primary');
    expect(other.url()).not.toContain('tour=');
    await page.context().close();
    await other.context().close();
  });

  test('the slider of recorded steps goes back, and training continues from its latest step', async () => {
    const page = await stage.playground.open('#model=points&rows=600&batchSize=100&epochs=4');
    const run = page.locator('.run');
    const weights = () => page.innerText('.card[data-name=hiddenWeights] .value');
    await page.waitForSelector('.card');
    const initial = await weights();
    for (const step of [6, 12, 18]) {
      await run.getByText('One epoch').click();
      await untilStep(page, step);
    }
    await page.waitForFunction(
      (before) =>
        (document.querySelector('.card[data-name=hiddenWeights] .value') as HTMLElement).innerText !== before,
      initial,
    );
    await page.locator('.recorded input').fill('0');
    await page.waitForFunction(
      (before) =>
        (document.querySelector('.card[data-name=hiddenWeights] .value') as HTMLElement).innerText === before,
      initial,
    );
    expect(await page.innerText('.recorded')).toContain('step 0 is shown');
    expect(await page.innerText('#step')).toBe('18');
    const hash = await train(page);
    const whole = await stage.playground.open('#model=points&rows=600&batchSize=100&epochs=4');
    expect(await train(whole)).toBe(hash);
    await page.context().close();
    await whole.context().close();
  });

  test('a small network is also shown as units with their weights and biases', async () => {
    const page = await stage.playground.open('#model=points&rows=600');
    await page.click('.choices >> text=Units');
    await page.waitForSelector('.unit canvas');
    expect(await page.locator('.unit canvas').count()).toBe(5);
    expect(await page.$$eval('.units text', (texts) => texts.map((text) => text.textContent))).toEqual(
      expect.arrayContaining(['2', '−2', '10']),
    );
    expect(await page.innerText('.units')).toContain('b = 1');
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing in the %s page with everything open',
    async (colorScheme) => {
      const page = await stage.playground.open('#model=mnist&epochs=1', {
        colorScheme,
        bypassCSP: true, // axe is an inline script
      });
      await page.click('.card[data-name=hiddenWeights]');
      await page.waitForSelector('.verdict:not(.hint)');
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
      await page.addScriptTag({ path: axePath });
      const found = await page.evaluate(
        async () => (await (globalThis as unknown as Axe).axe.run()).violations,
      );
      expect(found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
      await page.context().close();
    },
  );

  test('trains, looks inside and chooses a weight with the keyboard alone, in Korean', async () => {
    const page = await stage.playground.open('#model=gate&epochs=40', { locale: 'ko-KR' });
    expect(await page.innerText('.run .primary')).toBe('시작');
    const press = async (name: string) => {
      for (let i = 0; i < 80; i++) {
        await page.keyboard.press('Tab');
        const text = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement;
          return element.dataset.name ?? element.innerText;
        });
        if (text === name) return page.keyboard.press('Enter');
      }
      throw new Error(`no ${name} within 80 steps of Tab`);
    };
    await press('시작');
    await hashOf(page);
    await press('weights');
    await page.waitForSelector('.detail .origin');
    await press('2, 1');
    expect(await page.innerText('.origin')).toContain('weights[2, 1]');
    await page.context().close();
  });

  test('fits the width of the window, from a phone to a large screen', async () => {
    for (const width of [360, 768, 1280, 3840]) {
      const page = await stage.playground.open('#model=breast-cancer', { viewport: { width, height: 900 } });
      await page.click('.card[data-name=hiddenWeights]');
      await page.waitForSelector('.verdict:not(.hint)');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.context().close();
    }
  });
});
