/**
 * Made-up names: one to four syllables of a consonant, a vowel and sometimes a final consonant.
 *
 * A consonant before a vowel begins a syllable, any other ends one, so each name can be made in one way only. The entropy of a name is
 * therefore the sum of the entropies of the choices that made it.
 */
import { RandomState } from '../../src/utils/random.ts';

/** Choices and how often each is taken, relative to the others. */
type Choices = readonly (readonly [text: string, weight: number])[];

const syllableCounts: Choices = [
  ['1', 1],
  ['2', 5],
  ['3', 3],
  ['4', 1],
];
const consonants: Choices = [
  ['b', 2],
  ['d', 3],
  ['f', 1],
  ['g', 1],
  ['h', 2],
  ['j', 2],
  ['k', 3],
  ['l', 5],
  ['m', 5],
  ['n', 5],
  ['r', 4],
  ['s', 4],
  ['t', 3],
  ['v', 1],
  ['z', 1],
];
const vowels: Choices = [
  ['a', 8],
  ['e', 5],
  ['i', 5],
  ['o', 3],
  ['u', 1],
];
const finals: Choices = [
  ['', 12],
  ['n', 4],
  ['l', 1],
  ['r', 1],
  ['s', 2],
];

/** Characters of the longest name. */
export const longestName = 12;

const sumOf = (choices: Choices): number => choices.reduce((sum, [, weight]) => sum + weight, 0);

function choose(choices: Choices, random: RandomState): string {
  let left = random.random() * sumOf(choices);
  for (const [text, weight] of choices) if ((left -= weight) < 0) return text;
  return choices.at(-1)![0];
}

/** The same names at every call. */
export function drawNames(count: number): string[] {
  const random = new RandomState(1);
  return Array.from({ length: count }, () => {
    let name = '';
    for (let left = Number(choose(syllableCounts, random)); left > 0; left--) {
      name += choose(consonants, random) + choose(vowels, random) + choose(finals, random);
    }
    return name;
  });
}

/** −Σ p·log p, in nats. */
function entropyOf(choices: Choices): number {
  const sum = sumOf(choices);
  return -choices.reduce((total, [, weight]) => total + (weight / sum) * Math.log(weight / sum), 0);
}

/** Expected value of a number that depends on the choice. */
const meanOf = (choices: Choices, valueOf: (text: string) => number): number =>
  choices.reduce((total, [text, weight]) => total + (weight / sumOf(choices)) * valueOf(text), 0);

/**
 * The least mean loss that any model can have on such names, in nats per token, with the end of a name as a token of its own:
 * entropy of a name / mean number of its tokens.
 */
export function entropyPerToken(): number {
  const syllables = meanOf(syllableCounts, Number);
  const ofSyllable = entropyOf(consonants) + entropyOf(vowels) + entropyOf(finals);
  const length = 2 + meanOf(finals, (text) => text.length);
  return (entropyOf(syllableCounts) + syllables * ofSyllable) / (syllables * length + 1);
}
