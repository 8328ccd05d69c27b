/**
 * Trains in a worker, so that the page stays quick; no WebGL is needed. Any bundler takes it, with `index.html` and the three `.wasm` files of
 * `@tensorflow/tfjs-backend-wasm/dist` beside the result:
 *
 *   npx esbuild worker.js --bundle --splitting --format=esm --outdir=served
 *   cp index.html node_modules/@tensorflow/tfjs-backend-wasm/dist/*.wasm served
 */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

setWasmPaths(new URL('./', import.meta.url).href);
const { summary } = await import('../train-a-convolution.js');
globalThis.postMessage(summary);
