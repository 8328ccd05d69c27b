/** The page as a whole. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import {
  keepLanguage,
  languages,
  loadLanguage,
  sayIn,
  preferredLanguage,
  type Language,
} from '../texts/index.ts';
import { Controls } from './controls.tsx';
import { Curves } from './curves.tsx';
import { onDemand } from './display.tsx';
import { Files } from './files.tsx';
import { GraphSection } from './graph.tsx';
import { Notes, Result } from './result.tsx';
import { Pictures } from './pictures.tsx';
import { Playground } from './playground.ts';
import { ModelMenu, Settings } from './settings.tsx';

const Tour = onDemand(() => import('./tour.tsx').then((part) => part.Tour));
const Digit = onDemand(() => import('./digit.tsx').then((part) => part.Digit));

export function App() {
  const [, redraw] = useState({});
  const zoo = useMemo(() => new Playground(() => redraw({})), []);
  const [language, setLanguage] = useState(preferredLanguage);
  const choose = (other: Language) => loadLanguage(other).then(() => setLanguage(other));
  const say = useMemo(() => sayIn(language), [language]);
  useEffect(() => {
    document.documentElement.lang = language;
    keepLanguage(language);
  }, [language]);
  const { state } = zoo;
  const { opened } = state;
  const props = { zoo, state, say };
  return (
    <>
      <header>
        <div>
          <h1>backprop-zoo</h1>
          <p>{say('app.tagline')}</p>
        </div>
        <div class="controls">
          <button onClick={() => zoo.setTour('forward')}>{say('tour.start')}</button>
          <label class="language">
            <span class="unseen">{say('app.language')}</span>
            <select value={language} onChange={(event) => void choose(event.currentTarget.value as Language)}>
              {Object.entries(languages).map(([code, name]) => (
                <option value={code} lang={code}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
      </header>
      <main>
        <Notes {...props} />
        {opened && (
          <>
            <ModelMenu {...props} />
            <div class="workbench">
              <Settings {...props} />
              <div class="run">
                <section aria-labelledby="run-title">
                  <h2 id="run-title" class="unseen">
                    {say('run.title')}
                  </h2>
                  <Controls {...props} />
                </section>
                {state.tour !== undefined && <Tour {...props} />}
                <GraphSection {...props} />
                <section class="learning" aria-labelledby="learning-title">
                  <h2 id="learning-title">{say('chart.title')}</h2>
                  <div class="columns">
                    <Curves {...props} />
                    <Pictures {...props} />
                  </div>
                </section>
              </div>
            </div>
            {opened.data.kind === 'image' && <Digit {...props} />}
            <Files {...props} />
            <Result {...props} />
          </>
        )}
      </main>
      <footer>{say('app.offline')}</footer>
    </>
  );
}
