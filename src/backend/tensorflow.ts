/** Loads `@tensorflow/tfjs-node`, quietly. Resolves to a sentence about why it is not usable, else to nothing. */
export async function loadTensorflowBackend({ threads }: { threads: number }): Promise<string | undefined> {
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    const optional = '@tensorflow/tfjs-node';
    await import(optional);
    return undefined;
  } catch {
    return '@tensorflow/tfjs-node is not installed.';
  }
}
