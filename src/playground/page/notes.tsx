/** Sentences about what is going on: that it starts, what is not possible, what is worth knowing. */
import type { TextKey } from '../texts/index.ts';
import type { PartProps } from './words.ts';

export function Notes({ state, say }: PartProps) {
  const { opened, progress, failed, wrong } = state;
  return (
    <div class="notes" role="status">
      {failed && <p class="wrong">{say('app.failed', { message: failed })}</p>}
      {!failed && !opened && !wrong && <p>{say('app.loading')}</p>}
      {wrong && <p class="wrong">{say('settings.wrong', { message: wrong })}</p>}
      {progress?.message && <p class="wrong">{progress.message}</p>}
      {opened?.notes.map((note) => (
        <p>{'text' in note ? note.text : say(`note.${note.key}` as TextKey, note.values)}</p>
      ))}
    </div>
  );
}
