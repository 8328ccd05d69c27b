/**
 * The wasm backend's hottest kernels for float32, in AssemblyScript. `npm run assemble` compiles them into
 * `src/backend/wasm/assembled-*.ts`.
 *
 * Addresses and steps are in bytes. A matrix is an address, the step from row to row and the step from column to column,
 * so that a transpose is the same memory with exchanged steps, and a step of 0 repeats a row or a column.
 */
export { causalAttention, causalAttentionGradient } from './attention';
export { gruCell, gruCellGradient, lstmCell, lstmCellGradient } from './cells';
export { convolve, pack } from './convolution';
export { copySpaced, gather, repeat, transpose } from './copies';
export { depthwiseGradient } from './depthwise';
export { adam, addScaled, clip, extreme, gelu, geluGradient, multiply, reluGradient } from './elementwise';
export { filterGradient } from './filter-gradient';
export { addWindows, spreadWindows } from './max-indices';
export { longProduct, productOfFewColumns, productOfFewRows, sumOfRows } from './narrow-products';
export { product, scratchBytes } from './packed-product';
export { convolvePooled } from './pooled-convolution';
export { maxPool, maxPoolGradient } from './pooling';
export { normalize, normalizeGradient, tokenCrossEntropyGradient } from './rows';
