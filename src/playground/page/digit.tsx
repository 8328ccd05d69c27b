/** Draw a digit: the input of the network and its prediction while you draw. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Prediction } from '../messages.ts';
import { Tiles } from './pictures.tsx';
import { percent, type PartProps } from './display.tsx';

const side = 280;

interface Kept extends Prediction {
  pixels: Uint8Array;
}

/** 1 minus the difference of the two largest probabilities. */
const confusion = ({ probabilities }: Prediction): number => {
  const [first, second] = [...probabilities].sort((a, b) => b - a);
  return 1 - (first - second);
};

const maxKept = 8;

/** Predictions of the network that is trained in the page. */
export function Digit({ zoo, state, say }: PartProps) {
  const scaled = (pixels: Uint8Array) => Float64Array.from(pixels, (value) => value / 255);
  return (
    <section class="digit" aria-labelledby="digit-title">
      <h2 id="digit-title">{say('digit.title')}</h2>
      <p class="lead">{say('digit.lead')}</p>
      <DrawnDigit
        {...{ zoo, say }}
        classNames={state.opened!.data.classNames}
        step={state.view?.step}
        predict={(pixels) => zoo.worker.predict(scaled(pixels))}
      />
    </section>
  );
}

interface DrawnDigitProps extends Pick<PartProps, 'zoo' | 'say'> {
  classNames: string[];
  /** Changes with the weights of the network. */
  step?: number;
  /** @param pixels as the network's preparation makes them, 0 … 255 */
  predict: (pixels: Uint8Array) => Promise<Prediction>;
}

export function DrawnDigit({ zoo, say, classNames, step, predict }: DrawnDigitProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pixels, setPixels] = useState<Uint8Array>();
  const [answer, setAnswer] = useState<Prediction>();
  const [kept, setKept] = useState<Kept[]>([]);
  const isAsked = useRef(false);
  const latest = useRef<ImageData | undefined>(undefined);

  /** Asks about one picture at a time, and at last about the latest. */
  const ask = async (picture: ImageData) => {
    latest.current = picture;
    if (isAsked.current) return;
    isAsked.current = true;
    try {
      for (let asked; asked !== latest.current;) {
        asked = latest.current;
        const { data, width, height } = asked;
        const seen = await zoo.worker.digit({ data, width, height });
        setPixels(seen);
        setAnswer(seen && (await predict(seen)));
      }
    } catch (error) {
      zoo.tellWrong(error as Error);
    }
    isAsked.current = false;
  };
  const drawn = () => canvas.current!.getContext('2d')!.getImageData(0, 0, side, side);
  // The network learns while the digit stands there.
  useEffect(() => {
    if (pixels) void predict(pixels).then(setAnswer, () => {});
  }, [step]);

  const keep = () => {
    if (!pixels || !answer) return;
    const all = [...kept, { ...answer, pixels }].sort((a, b) => confusion(b) - confusion(a));
    setKept(all.slice(0, maxKept));
  };
  const clear = () => {
    keep();
    canvas.current!.getContext('2d')!.clearRect(0, 0, side, side);
    setPixels(undefined);
    setAnswer(undefined);
  };
  const load = async (file?: File) => {
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')!;
      context.drawImage(picture, 0, 0);
      await ask(context.getImageData(0, 0, picture.width, picture.height));
    } catch (error) {
      zoo.tellWrong(error as Error);
    }
  };
  return (
    <div class="digit">
      <div class="columns">
        <div>
          <Pad canvas={canvas} label={say('digit.canvas')} onDrawn={() => void ask(drawn())} />
          <div class="controls">
            <button onClick={clear}>{say('digit.clear')}</button>
            <label class="button">
              {say('digit.file')}
              <input
                class="unseen"
                type="file"
                accept="image/*"
                onChange={(event) => void load(event.currentTarget.files?.[0])}
              />
            </label>
          </div>
        </div>
        <figure class="seen">
          <figcaption>{say('digit.sees')}</figcaption>
          {pixels ? (
            <Ink pixels={[pixels]} label={say('digit.sees')} />
          ) : (
            <p class="hint">{say('digit.nothing')}</p>
          )}
        </figure>
        <figure class="bars">
          <figcaption>{say('digit.says')}</figcaption>
          <dl>
            {classNames.map((name, k) => (
              <div key={name} class={answer?.label === name ? 'best' : ''}>
                <dt>{name}</dt>
                <dd>
                  <meter min={0} max={1} value={answer?.probabilities[k] ?? 0} aria-label={name} />
                  <span>{answer ? percent(answer.probabilities[k]) : '–'}</span>
                </dd>
              </div>
            ))}
          </dl>
        </figure>
      </div>
      {kept.length > 0 && (
        <figure class="strip">
          <figcaption>{say('digit.strip')}</figcaption>
          <ul>
            {kept.map((one, i) => {
              const label = say('digit.kept', {
                label: one.label,
                percent: percent(Math.max(...one.probabilities)),
              });
              return (
                <li key={i}>
                  <Ink pixels={[one.pixels]} label={label} />
                  <small>{label}</small>
                </li>
              );
            })}
          </ul>
        </figure>
      )}
    </div>
  );
}

const Ink = ({ pixels, label }: { pixels: Uint8Array[]; label: string }) => (
  <Tiles
    tiles={{
      count: pixels.length,
      height: 28,
      width: 28,
      values: Float32Array.from(pixels.flatMap((p) => [...p])),
    }}
    label={label}
    isInk
  />
);

interface PadProps {
  canvas: { current: HTMLCanvasElement | null };
  label: string;
  onDrawn: () => void;
}

/** The drawing area, for mouse, finger or pen. */
function Pad({ canvas, label, onDrawn }: PadProps) {
  const last = useRef<[number, number] | null>(null);
  const move = (event: PointerEvent) => {
    if (!last.current) return;
    const box = canvas.current!.getBoundingClientRect();
    const to: [number, number] = [
      ((event.clientX - box.left) / box.width) * side,
      ((event.clientY - box.top) / box.height) * side,
    ];
    const context = canvas.current!.getContext('2d', { willReadFrequently: true })!;
    context.lineWidth = 18;
    context.lineCap = context.lineJoin = 'round';
    context.strokeStyle = getComputedStyle(canvas.current!).color;
    context.beginPath();
    context.moveTo(...(last.current[0] < 0 ? to : last.current));
    context.lineTo(...to);
    context.stroke();
    last.current = to;
    onDrawn();
  };
  return (
    <canvas
      ref={canvas}
      class="pad"
      width={side}
      height={side}
      role="img"
      aria-label={label}
      onPointerDown={(event) => {
        canvas.current!.setPointerCapture(event.pointerId);
        last.current = [-1, -1];
        move(event);
      }}
      onPointerMove={move}
      onPointerUp={() => {
        last.current = null;
        onDrawn();
      }}
    />
  );
}
