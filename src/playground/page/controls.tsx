/** Start, pause, step and reset, and the progress of training. */
import { useState } from 'preact/hooks';
import { percent, short, type PartProps } from './display.tsx';

const speeds = [Infinity, 100, 10, 1];

export function Controls({ zoo, state, say }: PartProps) {
  const { opened, progress } = state;
  const [speed, setSpeed] = useState(Infinity);
  const status = progress?.status ?? 'ready';
  const isRunning = status === 'running';
  const canGo = (status === 'ready' || status === 'paused') && !zoo.isInvalid;
  const { worker } = zoo;
  const inSteps = opened!.inSteps;
  const go = () => void (isRunning ? worker.pause() : zoo.go('end'));
  const record = progress?.records.at(-1);
  const { done = 0, of = 0 } = progress?.drawing ?? {};
  return (
    <>
      <div class="controls">
        <button class="primary" disabled={!canGo && !(isRunning && inSteps)} onClick={go}>
          {say(isRunning ? 'run.pause' : 'run.start')}
        </button>
        <button disabled={!canGo || !inSteps} onClick={() => void zoo.go('step')}>
          {say('run.step')}
        </button>
        <button disabled={!canGo || !inSteps} onClick={() => void zoo.go('epoch')}>
          {say('run.epoch')}
        </button>
        <button
          disabled={status === 'ready'}
          onClick={() => void zoo.open(opened!.address, true).then(() => worker.speed(speed))}
        >
          {say('run.reset')}
        </button>
        <label class="speed">
          <span>{say('run.speed')}</span>
          <select
            value={speed}
            onChange={(event) => {
              setSpeed(Number(event.currentTarget.value));
              void worker.speed(Number(event.currentTarget.value));
            }}
          >
            {speeds.map((steps) => (
              <option value={steps}>
                {steps === Infinity ? say('run.speedFull') : say('run.speedSteps', { steps })}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="figures">
        <dl>
          <Figure name={say('run.epoch.count')} value={`${progress?.epoch ?? 0} / ${opened!.epochs}`} />
          <Figure name={say('run.step.count')} value={String(progress?.step ?? 0)} id="step" />
          <Figure name={say('run.loss')} value={progress?.loss === undefined ? '–' : short(progress.loss)} />
          <Figure name={say('run.accuracy')} value={percent(record?.accuracy)} />
          <Figure
            name={say('run.pace')}
            value={progress?.stepsPerSecond ? short(Math.round(progress.stepsPerSecond)) : '–'}
          />
        </dl>
        <div class="status" data-status={status}>
          {say(`run.status.${status}`)}
        </div>
      </div>
      <p class="hint">
        {say('run.rows', opened!.data.rows)}
        {of > 0 && isRunning && ` · ${say('run.drawing', { done, of })}`}
      </p>
    </>
  );
}

const Figure = ({ name, value, id }: { name: string; value: string; id?: string }) => (
  <div>
    <dt>{name}</dt>
    <dd id={id}>{value}</dd>
  </div>
);
