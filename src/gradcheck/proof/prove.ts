/** Proofs that hand-written gradients are the derivative: points of all kinds, until the bound is reached. */
import { type Field, reasons, withField } from '../../backend/field/index.ts';
import { UnsupportedError } from '../../backend/kernels.ts';
import type { ModelSize } from '../points.ts';
import { chanceToMiss, minPoints, pointsFor, wantedBound } from './bound.ts';
import type { Difference, LabelCoverage, ModelProof, Reference } from './model-proof.ts';
import {
  defaultRows,
  drawPoint,
  fewPatterns,
  freshSeed,
  isSequence,
  labelPatterns,
  type Labels,
  labelsOf,
  type ProofShape,
  randomNumbers,
  shapeOf,
} from './points.ts';
import { Retry, visit, type Visited } from './references.ts';
import { maxDraws, Sampler, type SampleOptions } from './sampler.ts';
import type { Model } from '../../model/model.ts';
import { bindDropoutMasks } from '../../model/dropout-masks.ts';
import { InputError } from '../../utils/errors.ts';
import { messageWithPlace } from '../../utils/user-code.ts';
import { tf } from '../../utils/tf.ts';

export interface ProofOptions {
  /** 1 to 32 hexadecimal digits, which fix every random choice; drawn freshly unless given. */
  seed?: string;
  /** Columns of x and number of classes; found by trial unless given. */
  size?: Partial<ModelSize>;
  /** Those to take where trial finds none. */
  otherwise?: ModelSize;
  /** Rows of x at all points; unless given also 3 and 5 at some. */
  rows?: number;
  /** As many as the bound needs unless given. With fewer, what shows no difference is undecided. */
  points?: number;
  /** `slope` unless given. */
  referee?: Reference;
  /** Called before each further point; true ends the proof with the points so far. */
  shouldStop?: () => boolean;
}

const rowsWithRoots = 2;

/** Of the points that the bound counts, so many measure their formulas too, which takes longer. */
const measuredPoints = 2;

const lawsNotUsed =
  'Roots, logarithms and nested exponentials count as variables here, so it is different also where a law, as (√u)² = u, makes it equal. By their definitions it is undecided';
const everyEpsilon = 'It holds for every ε that is added under a root, as in norms.';

/** Numbers of rows at which a gradient is wrong that takes their number for even. */
const oddRows = [3, 5];
const pointsWithOddRows = 4;
/** Of sequences: one alone, and three that are shorter. */
const oddSequences = { alone: 1, shorter: 3 };

/** Points of a kind, which are visited in turn with the others. */
interface Kind {
  rows: number;
  /** Of sequences: tokens in a row, where it is not that of the proof. */
  steps?: number;
  withZeros: boolean;
  nextLabels: () => Labels;
  wanted: () => number;
  done: number;
  /** What the proof says where formulas are not defined at these points; without it, it is undecided. */
  undefinedNote?: string;
}

/**
 * Compares a model's hand-written gradients with the exact derivative of its loss.
 *
 * @throws InputError where the seed is none, or no number of features fits the model
 */
export function proveGradients(model: Model, options: ProofOptions = {}): ModelProof {
  const first = new Proof(model, options, true);
  const proof = first.run();
  if (proof.verdict !== 'different' || !first.hasDrawn) return proof;
  // Where values are drawn, laws such as (√u)² = u are not known: what differs need not differ by its definition.
  const exact = new Proof(model, { ...options, seed: proof.seed }, false, first.hasDrawnRoots).run();
  return exact.verdict === 'undecided'
    ? { ...proof, notes: [...proof.notes, `${lawsNotUsed}: ${exact.reason}`] }
    : { ...exact, seconds: proof.seconds + exact.seconds };
}

class Proof {
  readonly #model: Model;
  readonly #options: ProofOptions;
  readonly #reference: Reference;
  readonly #seed: string;
  readonly #random: () => number;
  readonly #shape: ProofShape;
  readonly #sampler: Sampler;
  hasDrawnRoots = false;
  #roots = 0;
  /** Whether values were drawn at some point. */
  hasDrawn = false;
  readonly #tokens = new Set<string>();
  #collisions = 0;
  #size = { degree: 0, bits: 0, comparisons: 0 };
  readonly #differences: Record<string, Difference> = {};
  #autodiff: ModelProof['autodiff'];
  readonly #primes: number[] = [];
  readonly #notes = new Set<string>();
  /** Any numbers as labels and dropout masks. */
  readonly #variables: Kind;
  /** Labels and dropout masks of training; empty without a difference. */
  readonly #values?: Kind;
  #kinds: Kind[];
  readonly #patterns: number;
  readonly #tried = new Set<string>();
  /** Parameters whose gradients are not the derivative for any numbers as labels, which those of training do not tell. */
  readonly #needValues = new Set<string>();

  /**
   * @param mayDraw whether to draw values of functions that the chain does not reach
   * @param hasRoots whether roots must exist, which at points of many rows they do not
   */
  constructor(model: Model, options: ProofOptions, mayDraw: boolean, hasRoots = false) {
    if (hasRoots)
      this.#notes.add('Roots exist at few random points: it is about 2 rows, or those of --rows, alone.');
    this.#model = model;
    this.#options = options;
    this.#reference = options.referee ?? 'slope';
    this.#seed = options.seed ?? freshSeed();
    this.#random = randomNumbers(this.#seed);
    this.#sampler = new Sampler(this.#random, { mayDraw, hasRoots });
    this.#shape = shapeOf(model, { ...options, ...(hasRoots && { rows: options.rows ?? rowsWithRoots }) });
    const { rows, classes, features } = this.#shape;
    const hasSequences = isSequence(model);
    const hasLabels = model.task !== 'regression' && !hasSequences;
    const labels = hasLabels ? labelsOf(model, classes) : 1;
    this.#patterns = labels ** rows;
    const kind = (about: Pick<Kind, 'rows' | 'wanted'> & Partial<Kind>): Kind => {
      const patterns = labelPatterns(about.rows, labels, this.#random);
      const nextLabels = (): number[] => patterns.next().value as number[];
      return { withZeros: false, nextLabels, done: 0, ...about };
    };
    this.#variables = kind({
      rows,
      nextLabels: () => 'variables',
      wanted: () =>
        this.#open().every((name) => this.#needValues.has(name)) ? 0 : pointsFor(this.#missed()).points,
    });
    this.#values =
      hasLabels || model.dropoutMasks ? kind({ rows, wanted: () => this.#wantedValues() }) : undefined;
    this.#kinds = [
      ...(this.#values ? [this.#values] : []),
      this.#variables,
      kind({
        rows: hasSequences || hasRoots ? rows : Math.max(rows, defaultRows),
        withZeros: true,
        wanted: () => minPoints,
        undefinedNote: 'Nothing is said about points with zeros: the formulas are not defined there.',
      }),
      ...(options.rows === undefined && !hasRoots
        ? hasSequences
          ? Object.values(oddSequences)
          : oddRows
        : []
      ).map((odd) =>
        kind({
          rows: odd,
          ...(hasSequences && odd === oddSequences.shorter && { steps: Math.max(1, features - 1) }),
          wanted: () => pointsWithOddRows,
          undefinedNote: `Nothing is said about ${odd} rows: the formulas are not defined there.`,
        }),
      ),
    ];
  }

  /** Each pattern of labels, where they are few: once, or as often as the bound needs where it counts them. */
  #wantedValues(): number {
    if (this.#patterns > fewPatterns) return minPoints;
    const rounds = this.#boundNeedsValues() ? pointsFor(this.#missed(), 1).points : 1;
    return Math.max(minPoints, rounds * this.#patterns);
  }

  #boundNeedsValues(): boolean {
    return this.#open().some((name) => this.#needValues.has(name));
  }

  run(): ModelProof {
    const startedAt = performance.now();
    let reason: string | undefined;
    try {
      this.#visitPoints();
    } catch (error) {
      if (error instanceof InputError) throw error;
      reason = this.#reasonOf(error as Error);
    }
    return this.#report(reason, (performance.now() - startedAt) / 1000);
  }

  /** Points of all kinds in turn, until the bound is reached or nothing is left to be compared. */
  #visitPoints(): void {
    for (;;) {
      const kind = this.#nextKind();
      if (!kind || this.#open().length === 0 || this.#options.shouldStop?.()) return;
      try {
        const labels = kind.nextLabels();
        this.#sampler.sample(this.#sampleOptions(kind), (field, random) =>
          this.#compareIn(field, kind, labels, random),
        );
        kind.done++;
      } catch (error) {
        if (kind === this.#variables && this.#values) {
          this.#open().forEach((name) => this.#needValues.add(name));
        } else if (kind.undefinedNote && error instanceof Retry) {
          this.#kinds = this.#kinds.filter((other) => other !== kind);
          this.#notes.add(kind.undefinedNote);
        } else throw error;
      }
    }
  }

  /** The kind of which the fewest points are done, of those that are not done. */
  #nextKind(): Kind | undefined {
    const { points } = this.#options;
    if (points !== undefined && this.#primes.length >= points) return undefined;
    const left = this.#kinds.filter(({ done, wanted }) => {
      const all = wanted();
      return all > 0 && (points !== undefined || done < all);
    });
    return left.sort((a, b) => a.done - b.done)[0];
  }

  #missed(): number {
    const { degree, bits, comparisons } = this.#size;
    const hasKinks = comparisons > 0;
    const { rows, features } = this.#shape;
    return chanceToMiss({
      ...{
        degree,
        bits,
        hasKinks,
        chain: this.#sampler.chainLength,
        collisions: this.#collisions,
        roots: this.#roots,
      },
      rows: isSequence(this.#model) ? rows * features : rows,
    });
  }

  /** Parameters of which no difference is known. */
  #open(): string[] {
    return Object.keys(this.#shape.parameters).filter((name) => !(name in this.#differences));
  }

  #sampleOptions(kind: Kind): SampleOptions {
    // 1/rows is a double for powers of two only; of sequences it is the number of targets.
    const hasFractions = isSequence(this.#model) || !Number.isInteger(Math.log2(kind.rows));
    return { isMeasured: this.#isMeasured(kind), hasFractions };
  }

  /** Whether to measure how large the formulas are at the next point of a kind. */
  #isMeasured(kind: Kind): boolean {
    const counted = this.#variables.wanted() > 0 ? this.#variables : this.#values;
    // Other tokens make other formulas.
    const wanted = isSequence(this.#model) ? Infinity : measuredPoints;
    return this.#primes.length === 0 || (kind === counted && kind.done < wanted);
  }

  #compareIn(field: Field, kind: Kind, labels: Labels, random: () => number): void {
    const { rows, withZeros } = kind;
    const needs = { reference: this.#reference, needsAutodiff: this.#primes.length === 0 };
    withField(field, (backend) =>
      tf.tidy(() => {
        const shape = { ...this.#shape, rows, features: kind.steps ?? this.#shape.features };
        const point = drawPoint(backend, this.#model, shape, random, { labels, withZeros });
        const model = this.#model.dropoutMasks ? bindDropoutMasks(this.#model, point.noise) : this.#model;
        const open = this.#open().filter((name) => kind !== this.#variables || !this.#needValues.has(name));
        const visited = visit(backend, model, point, open, needs, random);
        this.#primes.push(field.prime);
        if (kind === this.#values) this.#tried.add(String(labels));
        if (isSequence(this.#model))
          this.#tokens.add(`${point.x.dataSync().join()} ${point.y.dataSync().join()}`);
        this.hasDrawn ||= field.hasDrawn;
        this.hasDrawnRoots ||= field.hasDrawnRoots;
        if (field.hasEpsilons) this.#notes.add(everyEpsilon);
        this.#collect(visited, kind);
      }),
    );
  }

  #collect({ differences, autodiff, size, collisions, roots }: Visited, kind: Kind): void {
    const point = this.#primes.length;
    const isAboutVariables = kind === this.#variables && this.#values !== undefined;
    for (const [name, difference] of Object.entries(differences)) {
      if (isAboutVariables && !difference.problem) this.#needValues.add(name);
      else this.#differences[name] = { point, ...difference };
    }
    for (const key of ['degree', 'bits', 'comparisons'] as const) {
      this.#size[key] = Math.max(this.#size[key], size[key]);
    }
    this.#collisions = Math.max(this.#collisions, collisions);
    this.#roots = Math.max(this.#roots, roots);
    // Autodiff takes e^(log x) for x, which drawn logarithms are not made for.
    if (this.#sampler.drawsLogarithms) return;
    if (autodiff === undefined || (isAboutVariables && this.#needValues.size > 0)) return;
    if (typeof autodiff === 'string') {
      this.#notes.add(autodiff);
      return;
    }
    this.#autodiff ??= { verdict: 'equal', points: 0 };
    this.#autodiff.points++;
    const [first] = Object.entries(autodiff);
    if (!first || this.#autodiff.verdict === 'different') return;
    this.#autodiff.verdict = 'different';
    this.#autodiff.first = { name: first[0], point, ...first[1] };
  }

  #reasonOf(error: Error): string {
    if (error instanceof Retry && error.reason === reasons.outside)
      return `at each of ${maxDraws} points tried, ${error.message}.`;
    if (error instanceof Retry || error instanceof UnsupportedError) return `${error.message}.`;
    return `the model fails: ${messageWithPlace(error)}.`;
  }

  #report(reason: string | undefined, seconds: number): ModelProof {
    const missed = Math.min(1, this.#missed());
    const labels = this.#labelCoverage(missed);
    const ofVariables = missed ** this.#variables.done;
    const bounds = this.#open().map((name) => (this.#needValues.has(name) ? labels!.bound : ofVariables));
    const bound = Math.max(...bounds, ...(bounds.length === 0 ? [ofVariables] : []));
    const someDiffer = Object.keys(this.#differences).length > 0;
    if (!reason && this.#open().length > 0 && bound > wantedBound) {
      reason =
        this.#boundNeedsValues() && labels?.bound === 1
          ? 'no difference was found at the labels and dropout masks that occurred, but there are more, and for other numbers in their place the gradients differ.'
          : `no difference was found, but one would go unseen with a chance of up to ${bound.toExponential(0)}.`;
    }
    const verdict = someDiffer ? 'different' : reason ? 'undecided' : 'equal';
    const { features, classes, parameters } = this.#shape;
    return {
      model: this.#model.name,
      options: {},
      settings: {},
      verdict,
      ...(reason ? { reason } : {}),
      referee: this.#reference,
      ...(this.#autodiff ? { autodiff: this.#autodiff } : {}),
      points: this.#primes.length,
      primes: this.#primes,
      chain: this.#sampler.chainLength,
      bound,
      ...(labels ? { labels } : {}),
      ...(isSequence(this.#model) ? { tokens: this.#tokens.size } : {}),
      size: this.#size,
      rows: [...new Set(this.#kinds.map(({ rows }) => rows))].sort((a, b) => a - b),
      features,
      classes,
      redrawn: this.#sampler.redrawn,
      notes: [...this.#notes],
      seed: this.#seed,
      seconds,
      parameters: Object.entries(parameters).map(([name, shape]) => ({
        name,
        shape,
        entries: tf.util.sizeFromShape(shape),
        verdict: name in this.#differences ? 'different' : reason ? 'undecided' : 'equal',
        ...(name in this.#differences ? { first: this.#differences[name] } : {}),
      })),
    };
  }

  #labelCoverage(missed: number): LabelCoverage | undefined {
    if (!this.#values) return undefined;
    // Which dropout masks there are is not known.
    const rounds =
      this.#model.dropoutMasks && this.#boundNeedsValues() ? 0 : this.#values.done / this.#patterns;
    return {
      areVariables: !this.#boundNeedsValues(),
      patterns: this.#patterns,
      tried: this.#tried.size,
      bound: missed ** Math.floor(rounds),
    };
  }
}
