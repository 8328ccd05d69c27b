/**
 * Contestants trained side by side: round after round, every one of them trains for a moment, in an order that rotates.
 * Whatever else the machine does then falls on all of them, so that ratios hold where times do not.
 */
import type { Progress } from '../../core/progress.ts';
import { WorkError } from '../../core/errors.ts';
import { ContestantProcess } from './processes.ts';
import type { Contestant, Ready, Round } from './protocol.ts';

export interface SessionOptions {
  /** Rounds that count. */
  repeats: number;
  /** How long a round of one contestant lasts, about. At least one step is made. */
  seconds: number;
  /** Interpreter of the peers. */
  python: string;
  progress: Progress;
}

export interface Measured {
  contestant: Contestant;
  ready: Ready;
  /** Of every round, in order. */
  microseconds: number[];
  stepsPerRound: number;
  /** After the first steps from the start that is the same for all. */
  firstLoss: number;
  /** The most the process ever had, in bytes. */
  memory: number;
  tensorsPerStep?: number;
}

export interface Failed {
  contestant: Contestant;
  reason: string;
}

/** Steps of the first round, which warms up, and after which the losses are compared. */
export const firstSteps = 20;

/** Just-in-time compilers take about a second; with half-second rounds this is enough. */
const warmUpRounds = 3;

/** Trains all contestants of one workload. One that fails is left out, with the reason. */
export async function measureTogether(
  contestants: Contestant[],
  options: SessionOptions,
): Promise<{ measured: Measured[]; failed: Failed[] }> {
  const failed: Failed[] = [];
  const lanes: Lane[] = [];
  const task = contestants[0].workload.name;
  const total = contestants.length * (options.repeats + 2);
  let done = 0;
  const attempt = async <T>(contestant: Contestant, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WorkError)) throw error;
      failed.push({ contestant, reason: error.message });
      return undefined;
    } finally {
      options.progress.update(task, ++done, total);
    }
  };
  try {
    options.progress.update(task, 0, total);
    await Promise.all(
      contestants.map((contestant) =>
        attempt(contestant, async () => {
          lanes.push(new Lane(await ContestantProcess.start(contestant, options.python)));
        }),
      ),
    );
    const place = ({ contestant }: Lane) => contestants.indexOf(contestant);
    let running = lanes.sort((a, b) => place(a) - place(b));
    for (let round = -1; round < options.repeats; round++) {
      for (const lane of rotated(running, round)) {
        const went = await attempt(lane.contestant, async () => {
          if (round < 0) await lane.warmUp(options.seconds);
          else await lane.measure();
          return true;
        });
        if (!went) running = running.filter((other) => other !== lane);
      }
    }
    return { measured: running.map((lane) => lane.outcome()), failed };
  } finally {
    lanes.forEach((lane) => lane.stop());
    options.progress.finish(task);
  }
}

const rotated = <T>(list: T[], by: number): T[] => {
  const from = ((by % list.length) + list.length) % list.length;
  return [...list.slice(from), ...list.slice(0, from)];
};

/** A contestant in its process. */
class Lane {
  readonly contestant: Contestant;
  readonly #process: ContestantProcess;
  readonly #ready: Ready;
  readonly #rounds: Round[] = [];
  #steps = 1;
  #firstLoss = NaN;

  constructor({ process, ready }: { process: ContestantProcess; ready: Ready }) {
    this.contestant = process.contestant;
    this.#process = process;
    this.#ready = ready;
  }

  /** Rounds that do not count; they also tell how many steps fit the time. */
  async warmUp(seconds: number): Promise<void> {
    const first = await this.#process.round(firstSteps);
    this.#firstLoss = first.loss ?? NaN;
    this.#steps = stepsWithin(seconds, first, firstSteps);
    for (let round = 0; round < warmUpRounds; round++) {
      this.#steps = stepsWithin(seconds, await this.#process.round(this.#steps), this.#steps);
    }
  }

  async measure(): Promise<void> {
    this.#rounds.push(await this.#process.round(this.#steps));
  }

  outcome(): Measured {
    const last = this.#rounds.at(-1)!;
    return {
      contestant: this.contestant,
      ready: this.#ready,
      microseconds: this.#rounds.map(({ seconds, steps = this.#steps }) => (1e6 * seconds) / steps),
      stepsPerRound: this.#steps,
      firstLoss: this.#firstLoss,
      memory: last.memory,
      tensorsPerStep: last.tensors === undefined ? undefined : last.tensors / this.#steps,
    };
  }

  stop(): void {
    this.#process.stop();
  }
}

const stepsWithin = (seconds: number, round: Round, steps: number): number =>
  Math.max(1, Math.round((seconds * (round.steps ?? steps)) / round.seconds));
