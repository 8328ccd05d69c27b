/** Notes about the state of the page, and the result of a run. */
import { useState } from 'preact/hooks';
import { svgOf, curvesIn } from './curves.tsx';
import { textOf } from './playground.ts';
import { type PartProps, percent, short } from './display.tsx';
import { fieldName, type TextKey } from '../texts/index.ts';

export function Notes({ state, say }: PartProps) {
  const { opened, progress, failed, wrong, invalid } = state;
  return (
    <div class="notes" role="status">
      {failed && <p class="wrong">{say('app.failed', { message: failed })}</p>}
      {!failed && !opened && !wrong && <p>{say('app.loading')}</p>}
      {wrong && <p class="wrong">{say('settings.wrong', { message: wrong })}</p>}
      {Object.entries(invalid).map(([name, { message }]) => (
        <p class="wrong">{say('settings.invalid', { label: fieldName(say, name), message })}</p>
      ))}
      {progress?.message && (
        <p class="wrong">{progress.status === 'diverged' ? say('run.diverged') : progress.message}</p>
      )}
      {opened?.notes.map((note) => (
        <p>{'text' in note ? note.text : say(`note.${note.key}` as TextKey, note.values)}</p>
      ))}
    </div>
  );
}

export function Result({ zoo, state, say }: PartProps) {
  const [isCopied, setCopied] = useState(false);
  const { opened, progress } = state;
  const result = progress?.result;
  const link = `${location.origin}${location.pathname}#${textOf(opened!.address)}`;
  const copy = async () => {
    await navigator.clipboard?.writeText(link);
    setCopied(true);
  };
  const download = async (name: 'weights' | 'run') => {
    try {
      save(`${name}.json`, (await zoo.worker.files())[name], 'application/json');
    } catch (error) {
      zoo.tellWrong(error as Error);
    }
  };
  const words: [string, string] = [say('chart.training'), say('chart.validation')];
  const draw = () =>
    save(
      'curves.svg',
      svgOf(curvesIn(progress!), [say('chart.loss'), say('chart.accuracy')], words),
      'image/svg+xml',
    );
  return (
    <section class="result" aria-labelledby="result-title">
      <h2 id="result-title">{say('result.title')}</h2>
      <p class="lead">{say('result.lead')}</p>
      <label class="field wide">
        <span>{say('result.link')}</span>
        <input readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <div class="controls">
        <button onClick={() => void copy()}>{say('result.copy')}</button>
        <span role="status" class="hint">
          {isCopied && say('result.copied')}
        </span>
      </div>
      {result ? (
        <>
          <div class="figures">
            <dl>
              <div class="hash">
                <dt>{say('result.hash')}</dt>
                <dd>
                  <code id="hash">{result.hash}</code>
                </dd>
              </div>
              {result.scores.map(({ split, rows, loss, accuracy, r2, rmse }) => (
                <div key={split}>
                  <dt>{say(`result.split.${split}`)}</dt>
                  <dd>
                    {r2 === undefined ? percent(accuracy) : `R² ${short(r2)}`}{' '}
                    <small>
                      {rmse === undefined ? `${say('chart.loss')} ${short(loss)}` : `RMSE ${short(rmse)}`}
                    </small>
                  </dd>
                  <dd class="note">{say('result.rows', { rows, epoch: short(result.epoch) })}</dd>
                </div>
              ))}
            </dl>
          </div>
          <div class="controls">
            <button onClick={() => void download('weights')}>weights.json</button>
            <button onClick={() => void download('run')}>run.json</button>
            <button onClick={draw}>{say('result.curves')}</button>
          </div>
          <p class="hint">{say('result.verify')}</p>
        </>
      ) : (
        <p class="hint">{say('result.noHash')}</p>
      )}
    </section>
  );
}

function save(name: string, text: string, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
