/** What we use of the wasm backend, all of it public. */
import type { TensorInfo } from '@tensorflow/tfjs-core';

export interface WasmBackend {
  move(dataId: object, values: unknown, shape: number[], dtype: 'float32', refCount: number): void;
  disposeData(dataId: object, force?: boolean): boolean;
  incRef(dataId: object): void;
  /** Memory for a tensor, not yet filled. */
  makeOutput(shape: number[], dtype: 'float32' | 'int32'): TensorInfo;
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  readonly wasm: {
    readonly asm: { readonly memory: WebAssembly.Memory };
    /** Returns 0 where there is not so much memory left. */
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
}
