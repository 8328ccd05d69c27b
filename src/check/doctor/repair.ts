import { useBackend } from '../../backend/index.ts';
import { isMatMulRepaired } from '../../backend/wasm/kernels.ts';
import { tf } from '../../core/tf.ts';
import type { RepairFinding } from './types.ts';

/**
 * Whether wasm's multiplication is repaired, and right. Unrepaired, it adds the bias once for every 48 columns: here
 * twice, 21 where 11 is right.
 */
export async function examineRepair(): Promise<RepairFinding> {
  const wasm = await product('wasm');
  const cpu = await product('cpu');
  return {
    active: isMatMulRepaired(),
    right: wasm.length === cpu.length && wasm.every((value, i) => Math.abs(value - cpu[i]) < 1e-4),
    wasm: finiteOrNull(wasm[0]),
    cpu: finiteOrNull(cpu[0]),
  };
}

/** `[3, 60]` ones times `[4, 60]`ᵀ of 1/60, plus 10: eleven everywhere; empty where it cannot be computed. */
async function product(backend: 'wasm' | 'cpu'): Promise<Float32Array> {
  await useBackend(backend);
  try {
    return tf.tidy(() =>
      tf.fused
        .matMul({
          a: tf.ones([3, 60]),
          b: tf.fill([4, 60], 1 / 60),
          transposeB: true,
          bias: tf.fill([4], 10),
        })
        .dataSync<'float32'>(),
    );
  } catch {
    return new Float32Array();
  }
}

const finiteOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;
