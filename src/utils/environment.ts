/** What the numbers of a run depend on beside its settings and its data. */
export interface Environment {
  /** Versions of this package, of Node.js and of TensorFlow.js. */
  zoo: string;
  node: string;
  tfjs: string;
  platform: string;
}
