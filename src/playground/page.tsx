import { render } from 'preact';
import { App } from './page/app.tsx';
import { loadLanguage, preferredLanguage } from './texts/index.ts';
import 'uplot/dist/uPlot.min.css';
import './style/page.css';
import './style/run.css';
import './style/graph.css';

await loadLanguage(preferredLanguage());
render(<App />, document.body);

// Makes the page available offline; the first step does not wait for it.
addEventListener('load', () => {
  setTimeout(() => void navigator.serviceWorker?.register('service-worker.js').catch(() => {}), 2000);
});
