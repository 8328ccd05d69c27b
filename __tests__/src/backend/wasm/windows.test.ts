/** Random convolutions and poolings on wasm, with and without fused multiply-add, against their definition in doubles. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../../src/backend/index.ts';
import { fused } from '../../../../src/backend/wasm/assembled-fused.ts';
import { plain } from '../../../../src/backend/wasm/assembled-plain.ts';
import {
  assemblyFor,
  unpacked,
  type Assembly,
  type WasmBackend,
} from '../../../../src/backend/wasm/assembly.ts';
import {
  convolutionFilterGradient,
  convolutionInputGradient,
  convolve,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  maxPool,
  maxPoolGradient,
} from '../../../../src/backend/wasm/convolution.ts';
import { windowKernels, type Attributes } from '../../../../src/backend/windows/kernels.ts';
import { RandomState } from '../../../../src/utils/random.ts';
import { tf, type Rank, type Tensor, type TensorInfo } from '../../../../src/utils/tf.ts';

/** Numbers that float32 holds exactly, so that both sides begin with the same. */
interface Numbers {
  shape: number[];
  values: Float32Array;
}

type Kind = 'normal' | 'negative' | 'ties' | 'with NaN' | 'with infinities';

function draw(shape: number[], kind: Kind, seed: number): Numbers {
  const random = new RandomState(seed);
  const values = Float32Array.from(random.randn(tf.util.sizeFromShape(shape)));
  if (kind === 'negative') values.forEach((value, i) => (values[i] = -Math.abs(value) - 1));
  if (kind === 'ties') values.forEach((value, i) => (values[i] = Math.round(value)));
  const spoilt = random.randint(0, values.length, 1)[0];
  if (kind === 'with NaN') values[spoilt] = NaN;
  if (kind === 'with infinities') values[spoilt] = seed % 2 ? Infinity : -Infinity;
  return { shape, values };
}

const absolute = ({ shape, values }: Numbers): Numbers => ({ shape, values: values.map(Math.abs) });

const kind = fc.constantFrom<Kind>('normal', 'normal', 'negative', 'ties', 'with NaN', 'with infinities');
const side = fc.integer({ min: 1, max: 8 });
const channels = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.constantFrom(16, 21));
/** With a number for padding, TensorFlow.js takes the height of a window for its width, too, and the same of strides. */
const padding = <T extends { size: number[]; strides: number[] }>(record: fc.Arbitrary<T>) =>
  fc
    .tuple(record, fc.constantFrom<'same' | 'valid' | number>('same', 'valid', 0, 1, 2))
    .map(([c, pad]) =>
      typeof pad === 'string'
        ? { ...c, pad }
        : { ...c, pad, size: [c.size[0], c.size[0]], strides: [c.strides[0], c.strides[0]] },
    );

const common = {
  kind,
  batch: fc.integer({ min: 1, max: 6 }),
  height: side,
  width: side,
  inChannels: channels,
  size: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  seed: fc.nat(1e6),
};

/** Whether a window lies within its picture and the padding. */
function fits(
  c: { height: number; width: number; size: number[]; pad: string | number },
  dilations: number | number[] = 1,
): boolean {
  const room = typeof c.pad === 'number' ? 2 * c.pad : 0;
  return [c.height, c.width].every((length, along) => {
    const dilation = typeof dilations === 'number' ? dilations : dilations[along];
    return c.pad === 'same' || (c.size[along] - 1) * dilation + 1 <= length + room;
  });
}

let backend: WasmBackend;
beforeAll(async () => {
  await useBackend('wasm');
  backend = tf.backend() as unknown as WasmBackend;
});

const toTensor = ({ shape, values }: Numbers): Tensor => tf.tensor(values.slice(), shape);

/** What a kernel gives, its data freed. */
function taken(info: TensorInfo): Numbers {
  const { memoryOffset } = backend.dataIdMap.get(info.dataId);
  const size = tf.util.sizeFromShape(info.shape);
  const values = new Float32Array(backend.wasm.asm.memory.buffer, memoryOffset, size).slice();
  backend.disposeData(info.dataId);
  return { shape: info.shape, values };
}

/** Of sums of so many products whose absolute values add up to `sizes`, in any order: the usual bound. */
function expectRounded(
  ours: Numbers,
  exact: { shape: number[]; values: Float64Array },
  sizes: { values: Float64Array },
  terms: number,
): void {
  expect(ours.shape).toEqual(exact.shape);
  for (let i = 0; i < exact.values.length; i++) {
    const [value, right] = [ours.values[i], exact.values[i]];
    const isRight = Number.isFinite(right)
      ? Math.abs(value - right) <= (terms + 2) * 2 ** -24 * sizes.values[i]
      : Object.is(value, right);
    if (!isRight) expect({ i, value }).toEqual({ i, value: right });
  }
}

describe.each([
  ['plain', plain],
  ['fused', fused],
])('%s', (_name, base64) => {
  let assembly: Assembly;
  beforeAll(async () => {
    assembly = assemblyFor(backend, new WebAssembly.Module(await unpacked(base64)));
  });

  test('convolutions and both their gradients', () => {
    const dilations = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(padding(fc.record({ ...common, outChannels: channels, dilations })), (c) => {
        // TensorFlow.js allows strides or dilations, not both; and with a number for padding, see above.
        const isStrided = c.strides.some((stride) => stride > 1);
        const attributes = {
          strides: c.strides,
          pad: c.pad,
          dilations: isStrided ? 1 : typeof c.pad === 'number' ? c.dilations[0] : c.dilations,
          dimRoundingMode: 'floor',
          dataFormat: 'NHWC',
          filterShape: [...c.size, c.inChannels, c.outChannels],
          inputShape: [c.batch, c.height, c.width, c.inChannels],
        } as unknown as Attributes;
        const x = draw(attributes.inputShape, c.kind, c.seed);
        const filter = draw(attributes.filterShape, 'normal', c.seed + 1);
        const { Conv2D, Conv2DBackpropFilter, Conv2DBackpropInput } = windowKernels;
        fc.pre(fits(c, attributes.dilations));
        const forward = Conv2D({ x, filter }, attributes);
        const dy = draw(forward.shape, c.kind, c.seed + 2);
        const tensors = { x: toTensor(x), filter: toTensor(filter), dy: toTensor(dy) };
        const taps = c.size[0] * c.size[1];

        const out = taken(convolve(assembly, tensors, attributes));
        const sizes = Conv2D({ x: absolute(x), filter: absolute(filter) }, attributes);
        expectRounded(out, forward, sizes, taps * c.inChannels);

        const dx = taken(convolutionInputGradient(assembly, tensors, attributes));
        const dxSizes = Conv2DBackpropInput({ dy: absolute(dy), filter: absolute(filter) }, attributes);
        expectRounded(dx, Conv2DBackpropInput({ dy, filter }, attributes), dxSizes, taps * c.outChannels);

        // What lies in the padding is multiplied by dy here, which matters where dy is not finite.
        const isFinite = c.kind !== 'with NaN' && c.kind !== 'with infinities';
        if (isFinite || c.pad === 'valid') {
          const dFilter = taken(convolutionFilterGradient(assembly, tensors, attributes));
          const dFilterSizes = Conv2DBackpropFilter({ x: absolute(x), dy: absolute(dy) }, attributes);
          const places = forward.values.length / c.outChannels;
          expectRounded(dFilter, Conv2DBackpropFilter({ x, dy }, attributes), dFilterSizes, places);
        }
        tf.dispose(tensors);
      }),
      { numRuns: 70 },
    );
  });

  test('both gradients of depthwise convolutions', () => {
    const each = fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 4 }));
    fc.assert(
      fc.property(padding(fc.record({ ...common, each })), (c) => {
        const attributes = {
          strides: c.strides,
          pad: c.pad,
          dilations: 1,
          dimRoundingMode: 'floor',
          filterShape: [...c.size, c.inChannels, c.each],
          inputShape: [c.batch, c.height, c.width, c.inChannels],
        } as unknown as Attributes;
        fc.pre(fits(c));
        const x = draw(attributes.inputShape, c.kind, c.seed);
        const filter = draw(attributes.filterShape, 'normal', c.seed + 1);
        const {
          DepthwiseConv2dNative: forward,
          DepthwiseConv2dNativeBackpropInput: byInput,
          DepthwiseConv2dNativeBackpropFilter: byFilter,
        } = windowKernels;
        const { shape } = forward({ x, filter }, attributes);
        const dy = draw(shape, c.kind, c.seed + 2);
        const tensors = { x: toTensor(x), filter: toTensor(filter), dy: toTensor(dy) };

        const dx = taken(depthwiseInputGradient(assembly, tensors, attributes));
        const dxSizes = byInput({ dy: absolute(dy), filter: absolute(filter) }, attributes);
        expectRounded(dx, byInput({ dy, filter }, attributes), dxSizes, c.size[0] * c.size[1] * c.each);

        const dFilter = taken(depthwiseFilterGradient(assembly, tensors, attributes));
        const dFilterSizes = byFilter({ x: absolute(x), dy: absolute(dy) }, attributes);
        expectRounded(dFilter, byFilter({ x, dy }, attributes), dFilterSizes, shape[0] * shape[1] * shape[2]);
        tf.dispose(tensors);
      }),
      { numRuns: 40 },
    );
  });

  test('max-pooling and its gradient', () => {
    fc.assert(
      fc.property(padding(fc.record(common)), (c) => {
        const shape = [c.batch, c.height, c.width, c.inChannels];
        const attributes = {
          filterSize: c.size,
          strides: c.strides,
          // More padding than window would pool nothing but padding.
          pad: typeof c.pad === 'number' ? Math.min(c.pad, Math.min(...c.size) - 1) : c.pad,
          dimRoundingMode: 'floor',
        } as unknown as Attributes;
        const x = draw(shape, c.kind, c.seed);
        const { MaxPool, MaxPoolGrad } = windowKernels;
        fc.pre(fits({ ...c, pad: attributes.pad as string | number }));
        const forward = MaxPool({ x }, attributes);
        const dy = draw(forward.shape, 'normal', c.seed + 1);
        const tensors = { x: toTensor(x), dy: toTensor(dy) };
        const out = taken(maxPool(assembly, tensors, attributes));
        // Of 0 and −0 either is the largest.
        expect(out.values.map((value) => value + 0)).toEqual(
          Float32Array.from(forward.values, (value) => value + 0),
        );
        const dx = taken(maxPoolGradient(assembly, { dy: tensors.dy, input: tensors.x }, attributes));
        const sizes = MaxPoolGrad({ dy: absolute(dy), input: x }, attributes);
        expectRounded(dx, MaxPoolGrad({ dy, input: x }, attributes), sizes, c.size[0] * c.size[1]);
        tf.dispose(tensors);
      }),
      { numRuns: 70 },
    );
  });
});

test('memory stays as it is over many calls, also where they need more of it', () => {
  const bytes = () => backend.wasm.asm.memory.buffer.byteLength;
  const work = (side: number) =>
    tf.tidy(() => {
      const x = tf.randomNormal<Rank.R4>([4, side, side, 3], 0, 1, 'float32', 1);
      const filter = tf.randomNormal<Rank.R4>([3, 3, 3, 9], 0, 1, 'float32', 2);
      tf.grads((a: Tensor, f: Tensor) =>
        tf.maxPool(tf.conv2d(a as tf4, f as tf4, 1, 'same'), 2, 2, 'same').sum(),
      )([x, filter]);
    });
  work(32);
  const before = { tensors: tf.memory().numTensors, bytes: bytes() };
  for (let i = 0; i < 96; i++) work(1 + (i % 32));
  expect({ tensors: tf.memory().numTensors, bytes: bytes() }).toEqual(before);
});

type tf4 = ReturnType<typeof tf.tensor4d>;

describe('misuse is refused with a sentence', () => {
  const picture = () => tf.ones<Rank.R4>([1, 4, 4, 2]);
  const run = (name: string, inputs: Record<string, Tensor>, attributes: object) =>
    tf.engine().runKernel(name, inputs, attributes as never);
  const slide = { strides: 1, pad: 'valid', dilations: 1, dataFormat: 'NHWC' };

  test('whole numbers', () => {
    const whole = tf.ones<Rank.R4>([1, 4, 4, 2], 'int32');
    const inputs = { x: whole, filter: tf.ones([2, 2, 2, 3]) };
    expect(() => run('Conv2D', inputs, slide)).toThrow('float32 only, not int32');
    expect(() => tf.maxPool(whole, 2, 1, 'valid')).toThrow('float32 only, not int32');
  });

  test('shapes that do not go together, also from operations without checks', () => {
    expect(() => run('Conv2D', { x: picture(), filter: tf.ones([2, 2, 5, 3]) }, slide)).toThrow(
      'pictures of shape [1, 4, 4, 2] have 2 channels, filters of shape [2, 2, 5, 3] take 5',
    );
    const wrong = { x: picture(), dy: tf.ones([1, 4, 4, 3]) };
    expect(() => run('Conv2DBackpropFilter', wrong, { ...slide, filterShape: [2, 2, 2, 3] })).toThrow(
      'dy of shape [1, 4, 4, 3] does not fit results of shape [1, 3, 3, 3]',
    );
    expect(() =>
      run(
        'MaxPoolGrad',
        { dy: tf.ones([1, 4, 4, 2]), input: picture() },
        { filterSize: 2, strides: 2, pad: 'valid' },
      ),
    ).toThrow('dy of shape [1, 4, 4, 2] does not fit results of shape [1, 2, 2, 2]');
    expect(() =>
      run('PooledConvolution', { x: picture(), filter: tf.ones([5, 5, 2, 1]), bias: tf.ones([1]) }, {}),
    ).toThrow('do not go together');
    expect(() => run('MaxPool', { x: picture() }, { filterSize: 5, strides: 1, pad: 'valid' })).toThrow(
      'windows of 5×5 do not fit into pictures of 4×4',
    );
  });
});
