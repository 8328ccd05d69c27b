/**
 * A sweep as it goes: a line for every trial that is over, and on a terminal what is under way below them.
 */
import type { Output } from './output.ts';
import { headlineOf } from '../../evaluation/metrics.ts';
import type { TrialResult } from '../../runs/sweep/trial-file.ts';
import {
  commandFor,
  countsOf,
  scoreText,
  sourcesOf,
  type SweepResults,
  valueText,
} from '../../runs/sweep/results.ts';
import type { Trial } from '../../runs/sweep/trials.ts';
import { left, right, Table, tableText, withoutControls } from '../../utils/text.ts';

const secondsBetweenPlainLines = 15;

export class SweepDisplay {
  readonly #output: Output;
  readonly #table: Table;
  readonly #columns: string[];
  readonly #pending: number;
  readonly #live: boolean;
  readonly #startedAt = performance.now();
  #plainAt = performance.now();
  #over = 0;
  #liveLines = 0;

  /** @param pending the trainings that will be done now */
  constructor(columns: string[], pending: Trial[], output: Output) {
    this.#output = output;
    this.#columns = columns;
    this.#pending = pending.length;
    this.#live = process.stderr.isTTY && !output.quiet;
    const widest = pending.map((trial) =>
      this.#cells(trial, ['100.00 %', '100.00 %', '0.000000', '9999.9 s']),
    );
    this.#table = new Table([...left(...columns), ...right('train', 'test', 'test loss', 'time')], widest);
    output.say(this.#table.header());
  }

  onResult(trial: Trial, { status, metrics, seconds, message }: TrialResult): void {
    this.#clear();
    this.#over++;
    const cells = metrics
      ? [headlineOf(metrics.train).text, headlineOf(metrics.test).text, metrics.test.loss.toPrecision(4)]
      : [status, '', ''];
    this.#output.say(this.#table.line(this.#cells(trial, [...cells, `${seconds.toFixed(1)} s`])));
    if (status === 'failed') this.#output.warn(`  ${message}`);
  }

  onTick(running: { trial: Trial; share: number }[]): void {
    const done = this.#over + running.reduce((sum, { share }) => sum + share, 0);
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const left =
      done > 0.02 * this.#pending ? `, ${duration((seconds / done) * (this.#pending - done))} left` : '';
    const state = `${this.#over} of ${this.#pending} done${left}`;
    if (this.#live) {
      this.#clear();
      const lines = running.map(({ trial, share }) =>
        this.#table.line(this.#cells(trial, [`${Math.floor(100 * share)} %`, '', '', ''])),
      );
      process.stderr.write(withoutControls([...lines, state].join('\n')));
      this.#liveLines = lines.length + 1;
    } else if (performance.now() - this.#plainAt > 1000 * secondsBetweenPlainLines) {
      this.#plainAt = performance.now();
      this.#output.say(state);
    }
  }

  finish(): void {
    this.#clear();
  }

  #cells({ varied }: Trial, rest: string[]): string[] {
    return [...this.#columns.map((name) => valueText(varied[name])), ...rest];
  }

  #clear(): void {
    if (this.#liveLines === 0) return;
    process.stderr.write(`\r\x1b[K${'\x1b[1A\x1b[K'.repeat(this.#liveLines - 1)}`);
    this.#liveLines = 0;
  }
}

const duration = (seconds: number): string =>
  seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;

const mostGroups = 20;

/** The groups of a sweep from best to worst, and where the results are. */
export function summaryOf(results: SweepResults, directory: string): string {
  const { groups, columns, judgedBy, figure } = results;
  const { cells: count, complete, diverged, failed, missing } = countsOf(results);
  const names = columns.filter((name) => name !== 'seed');
  const rows = groups
    .slice(0, mostGroups)
    .map(({ varied, trials, score, loss }) => [
      ...names.map((name) => valueText(varied[name])),
      `${trials.filter(({ result }) => result?.status === 'complete').length}/${trials.length}`,
      score ? scoreText(results, score) : '–',
      loss ? loss.mean.toPrecision(4) : '–',
    ]);
  const table = tableText([...left(...names), ...right('runs', `${judgedBy} ${figure}`, 'loss')], rows);
  const others = [
    diverged ? `, ${diverged} diverged` : '',
    failed ? `, ${failed} failed` : '',
    missing ? `, ${missing} missing` : '',
  ].join('');
  const sources = sourcesOf(results);
  return [
    table,
    ...(groups.length > mostGroups ? [`and ${groups.length - mostGroups} more`] : []),
    ...(groups[0]?.score ? ['', `best again: ${commandFor(results, groups[0])}`] : []),
    ...(sources.length > 1
      ? ['', `Note: the trials were trained on data of ${sources.length} sources: ${sources.join(', ')}.`]
      : []),
    '',
    `${complete} of ${count} trials complete${others}`,
    `results in ${directory}: report.html, results.csv, results.json`,
  ].join('\n');
}
