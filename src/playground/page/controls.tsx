/** Start, pause, step and reset, the figures of the run, and a slider that goes back through recorded steps. */
import { useEffect, useState } from 'preact/hooks';
import { percent, short, type PartProps } from './display.tsx';

const speeds = [Infinity, 1000, 100, 10, 1];

export function Controls({ zoo, state, say }: PartProps) {
  const { opened, progress } = state;
  const [speed, setSpeed] = useState(Infinity);
  const status = progress?.status ?? 'ready';
  const isRunning = status === 'running';
  const canGo = (status === 'ready' || status === 'paused') && !zoo.isInvalid;
  const isOver = ['complete', 'diverged', 'failed'].includes(status);
  const { worker } = zoo;
  const { inSteps, epochs, steps } = opened!;
  const limit = (steps: number) => {
    setSpeed(steps);
    void worker.speed(steps);
  };
  // Tiny models would be complete before anything is seen.
  useEffect(() => limit(opened!.speed ?? Infinity), [opened!.model]);
  const go = () => void (isRunning ? worker.pause() : zoo.go('end'));
  const reset = () => void zoo.open(opened!.address, true).then(() => worker.speed(speed));
  const { done = 0, of = 0 } = progress?.drawing ?? {};
  return (
    <>
      <div class="controls">
        {status === 'complete' && inSteps && !steps ? (
          <button class="primary" onClick={() => void zoo.extend()}>
            {say('run.longer', { epochs })}
          </button>
        ) : (
          <button class="primary" hidden={isOver} disabled={!canGo && !(isRunning && inSteps)} onClick={go}>
            {say(isRunning ? 'run.pause' : status === 'paused' ? 'run.continue' : 'run.start')}
          </button>
        )}
        {canGo && inSteps && (
          <>
            <button onClick={() => void zoo.go('step')}>{say('run.step')}</button>
            <button onClick={() => void zoo.go('epoch')}>{say('run.epoch')}</button>
          </>
        )}
        {status !== 'ready' && <button onClick={reset}>{say('run.reset')}</button>}
        <span class="status" data-status={status}>
          {say(`run.status.${status}`)}
        </span>
        {inSteps && (
          <label class="speed">
            <span>{say('run.speed')}</span>
            <select value={speed} onChange={(event) => limit(Number(event.currentTarget.value))}>
              {[...new Set([...speeds, speed])].map((steps) => (
                <option value={steps}>
                  {steps === Infinity ? say('run.speedFull') : say('run.speedSteps', { steps })}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <Figures {...{ state, say }} />
      <p class="hint origin-of-data">
        {say(`data.${opened!.data.origin}`, { name: opened!.address.data ?? opened!.data.name })}{' '}
        {say('run.rows', opened!.data.rows)}
        {of > 0 && isRunning && ` · ${say('run.drawing', { done, of })}`}
      </p>
      <Recorded {...{ zoo, state, say }} />
    </>
  );
}

/** Each figure says which rows it is about, and when they were scored. */
function Figures({ state, say }: Pick<PartProps, 'state' | 'say'>) {
  const { opened, progress } = state;
  const record = progress?.records.at(-1);
  const after = record && say('run.afterEpoch', { epoch: short(record.epoch) });
  const { epochs, steps } = opened!;
  const { loss, step = 0, epoch = 0, stepsPerSecond } = progress ?? {};
  return (
    <dl class="figures">
      {!steps && <Figure name={say('run.epoch.count')} value={`${epoch} / ${epochs}`} />}
      <div>
        <dt>{say('run.step.count')}</dt>
        <dd>
          <span id="step">{step}</span>
          {steps && ` / ${steps}`}
        </dd>
      </div>
      <Figure
        name={say('run.loss')}
        value={loss === undefined ? '–' : short(loss)}
        note={say('run.ofStep')}
      />
      {record?.accuracy !== undefined && (
        <Figure
          name={say('run.accuracy')}
          value={percent(record.accuracy)}
          note={`${say('chart.training')}, ${after}`}
        />
      )}
      {record?.validationAccuracy !== undefined && (
        <Figure
          name={say('run.accuracy')}
          value={percent(record.validationAccuracy)}
          note={`${say('chart.validation')}, ${after}`}
        />
      )}
      {stepsPerSecond ? <Figure name={say('run.pace')} value={short(Math.round(stepsPerSecond))} /> : null}
    </dl>
  );
}

function Figure({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
      {note && <dd class="note">{note}</dd>}
    </div>
  );
}

/** Goes back through the recorded steps; training itself continues from its latest step. */
function Recorded({ zoo, state, say }: PartProps) {
  const { progress, shownStep } = state;
  const recorded = progress?.recorded ?? [];
  // It keeps its place before the first step, so that the graph does not move.
  const isEmpty = recorded.length < 2;
  const last = Math.max(1, recorded.length - 1);
  const at = shownStep === undefined ? last : Math.max(0, recorded.indexOf(shownStep));
  const show = (index: number) => void zoo.showStep(index === last ? undefined : recorded[index]);
  const words = shownStep === undefined ? say('run.latest') : say('run.shown', { step: shownStep });
  return (
    <div class={isEmpty ? 'recorded empty' : 'recorded'}>
      <label>
        <span>{say('run.recorded')}</span>
        <input
          type="range"
          min={0}
          max={last}
          value={at}
          aria-valuetext={words}
          onInput={(event) => show(Number(event.currentTarget.value))}
        />
      </label>
      <span class="hint" role="status">
        {words}
      </span>
      {shownStep !== undefined && <button onClick={() => show(last)}>{say('run.toLatest')}</button>}
    </div>
  );
}
