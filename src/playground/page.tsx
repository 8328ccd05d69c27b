import { render } from 'preact';
import { App } from './page/app.tsx';
import 'uplot/dist/uPlot.min.css';
import './style/all.css';

render(<App />, document.body);

// For use without a network later on: nothing that the first step needs waits for it.
addEventListener('load', () => {
  setTimeout(() => void navigator.serviceWorker?.register('service-worker.js').catch(() => {}), 2000);
});
