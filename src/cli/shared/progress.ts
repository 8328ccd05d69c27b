import { createRequire } from 'node:module';
import type { SingleBar } from 'cli-progress';
import { withoutControls } from '../../utils/text.ts';
import type { Progress } from '../../utils/progress.ts';

const millisecondsBeforeShown = 400;
const millisecondsBetweenPlainLines = 5000;

/** Loaded when there is a bar to draw, which most commands never have. */
const barClass = (): typeof SingleBar =>
  (createRequire(import.meta.url)('cli-progress') as { SingleBar: typeof SingleBar }).SingleBar;

/**
 * Progress of long work: one live bar on a terminal, a plain line every five seconds elsewhere, nothing with
 * `--quiet`. Work that is over within 0.4 s shows nothing.
 */
export function createProgress({ quiet, say }: { quiet: boolean; say: (line: string) => void }): Progress {
  const live = process.stderr.isTTY;
  let bar: SingleBar | undefined;
  let current: { task: string; startedAt: number; printedAt: number } | undefined;

  const finish = (task: string): void => {
    if (current?.task !== task) return;
    bar?.stop();
    bar = undefined;
    current = undefined;
  };

  return {
    update(task, done, total) {
      if (quiet) return;
      const now = Date.now();
      if (current?.task !== task) {
        if (current) finish(current.task);
        current = { task, startedAt: now, printedAt: now };
      }
      if (now - current.startedAt < millisecondsBeforeShown) return;
      if (live) {
        if (!bar) {
          bar = new (barClass())({
            format: `${withoutControls(task)} ${total ? '[{bar}] {percentage}% {duration_formatted}' : '{value}'}`,
            hideCursor: true,
            clearOnComplete: true,
            barsize: 24,
            stream: process.stderr,
          });
          bar.start(total ?? 0, done);
        }
        bar.update(done);
      } else if (now - current.printedAt > millisecondsBetweenPlainLines) {
        current.printedAt = now;
        say(total ? `${task}: ${Math.floor((100 * done) / total)} %` : `${task}: ${done}`);
      }
    },
    finish,
    note(message) {
      if (current) finish(current.task);
      say(message);
    },
  };
}
