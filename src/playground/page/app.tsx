/** The page as a whole. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { keepLanguage, languages, sayIn, preferredLanguage, type Language } from '../texts/index.ts';
import { Controls } from './controls.tsx';
import { Curves } from './curves.tsx';
import { Digit } from './digit.tsx';
import { Files } from './files.tsx';
import { Inside } from './inside.tsx';
import { Notes, Result } from './result.tsx';
import { Pictures } from './pictures.tsx';
import { Playground } from './playground.ts';
import { Settings } from './settings.tsx';

export function App() {
  const [, redraw] = useState({});
  const zoo = useMemo(() => new Playground(() => redraw({})), []);
  const [language, setLanguage] = useState(preferredLanguage);
  const say = sayIn(language);
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
        <label class="language">
          <span class="unseen">{say('app.language')}</span>
          <select value={language} onChange={(event) => setLanguage(event.currentTarget.value as Language)}>
            {Object.entries(languages).map(([code, name]) => (
              <option value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </header>
      <main>
        <Notes {...props} />
        {opened && (
          <>
            <div class="stage">
              <Settings {...props} />
              <section class="run" aria-labelledby="run-title">
                <h2 id="run-title" class="unseen">
                  {say('run.title')}
                </h2>
                <Controls {...props} />
                <div class="charts">
                  <Curves {...props} />
                  <Pictures {...props} />
                </div>
              </section>
            </div>
            <Inside {...props} />
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
