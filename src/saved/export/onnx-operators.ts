/** What ONNX calls each step. */
import type { Op } from './graph.ts';

export const operators: Partial<Record<Op, string>> = {
  abs: 'Abs',
  elu: 'Elu',
  exp: 'Exp',
  log: 'Log',
  negative: 'Neg',
  reciprocal: 'Reciprocal',
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  sign: 'Sign',
  softmax: 'Softmax',
  softplus: 'Softplus',
  sqrt: 'Sqrt',
  tanh: 'Tanh',
  add: 'Add',
  subtract: 'Sub',
  multiply: 'Mul',
  divide: 'Div',
  maximum: 'Max',
  minimum: 'Min',
  power: 'Pow',
  matMul: 'MatMul',
  concat: 'Concat',
  mean: 'ReduceMean',
  max: 'ReduceMax',
  min: 'ReduceMin',
};

/** Steps that look at one value at a time, so that it does not matter where channels are. */
export const elementwise = new Set<Op>([
  ...(['abs', 'elu', 'exp', 'log', 'negative', 'reciprocal', 'relu', 'sigmoid', 'sign', 'softplus'] as const),
  ...(['sqrt', 'tanh'] as const),
]);
