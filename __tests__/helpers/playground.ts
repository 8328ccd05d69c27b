/** The playground, built and served and opened in a real browser. */
import type { Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildPlayground } from '../../scripts/build-playground.ts';
import { serveFolder } from '../../src/node/serve-folder.ts';
import { launch } from './browser.ts';

export interface OpenPlayground {
  browser: Browser;
  /** Where it is served; ends in `/`. */
  address: string;
  folder: string;
  /** What any page said on its console. */
  complaints: string[];
  /** A page of its own, with the run of this address open. */
  open(hash?: string, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function openPlayground(executable: string): Promise<OpenPlayground> {
  const folder = await mkdtemp(join(tmpdir(), 'playground-'));
  await buildPlayground(folder);
  const { server, address } = await serveFolder(folder);
  const browser = await launch(executable);
  const complaints: string[] = [];
  const open = async (hash = '', options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ acceptDownloads: true, ...options });
    const page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${address}${hash}`);
    await page.waitForSelector('.controls .primary');
    return page;
  };
  return { browser, address, folder, complaints, open, close: () => close(browser, server, folder) };
}

async function close(browser: Browser, server: Server, folder: string): Promise<void> {
  await browser.close();
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
}

/** Presses Start and waits for the end. @returns the hash of the weights */
export async function train(page: Page): Promise<string> {
  await page.click('.run .primary');
  return hashOf(page);
}

/** The hash of the weights, once the run is complete. */
export async function hashOf(page: Page): Promise<string> {
  return (await page.waitForSelector('#hash', { timeout: 120_000 })).innerText();
}

/** What a button of the page gives to download, as text. */
export async function download(page: Page, button: string): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(`text="${button}"`)]);
  const pieces: Buffer[] = [];
  for await (const piece of await file.createReadStream()) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
