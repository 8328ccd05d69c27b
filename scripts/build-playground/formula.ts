/**
 * A formula as model files have it, in plain text (`∂L/∂w = xᵀ·∂L/∂z`), as MathML, which browsers draw and read aloud.
 */
import katex from 'katex';

/** Subscripts and their characters. */
const subscripts = '₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₗₘₙₜₓ';
const meanings = '0123456789+-ijklmntx';

const symbols: Record<string, string> = {
  ᵀ: '^{\\top}',
  '′': "'",
  '⊙': '\\odot ',
  '·': '\\cdot ',
  '×': '\\times ',
  '∗': '*',
  '−': '-',
  Σ: '\\sum ',
  '½': '\\tfrac{1}{2}',
  σ: '\\sigma ',
  ŷ: '\\hat{y}',
  '∂': '\\partial ',
  '√': '\\surd ',
  '²': '^2',
  μ: '\\mu ',
  η: '\\eta ',
  δ: '\\delta ',
  '←': '\\leftarrow ',
  '→': '\\to ',
  '≤': '\\le ',
  '≠': '\\ne ',
  ';': ';\\quad ',
};

const variable = (name: string): string => (name.length > 1 ? `\\mathrm{${name}}` : (symbols[name] ?? name));

const below = (index: string): string =>
  `_{${Array.from(index.replace(/^_/, ''), (one) => meanings[subscripts.indexOf(one)] ?? one).join('')}}`;

/** Longest first: derivatives, phrases of words, words, indices, anything else. */
const tokens =
  /∂L\/∂(?<of>[A-Za-zŷ]+)(?<index>[₀-₉₊₋ᵢⱼₖₗₘₙₜₓ]+|_[a-z]+)?|(?<phrase>[A-Za-z]{2,}(?:[ -][A-Za-z]{2,})+)|(?<word>[A-Za-z]{2,})|(?<sub>[₀-₉₊₋ᵢⱼₖₗₘₙₜₓ]+|_[a-zA-Z]+)|(?<other>.)/gu;

function texOf(text: string): string {
  let tex = '';
  for (const { groups = {} } of text.matchAll(tokens)) {
    const { of, index = '', phrase, word, sub, other } = groups;
    if (of) tex += `\\frac{\\partial L}{\\partial ${variable(of)}${index && below(index)}}`;
    else if (phrase) tex += `\\text{ ${phrase} }`;
    else if (word) tex += `\\operatorname{${word}}`;
    else if (sub) tex += below(sub);
    else tex += symbols[other] ?? (/[#$%&{}\\^~_]/.test(other) ? `\\text{\\${other}}` : other);
  }
  return tex;
}

/** Whether a comment is prose rather than a formula. */
const isProse = (text: string): boolean => /`|\.$|\p{L}{2,}(,? \p{L}{2,}){4}/u.test(text);

/** @returns MathML, or the text itself, escaped, where it is prose */
export function formulaOf(comment: string): string {
  const text = comment.trim();
  if (!isProse(text) && /[=ΣᵀσL½]|∂/.test(text)) {
    try {
      return katex.renderToString(texOf(text), { output: 'mathml', throwOnError: true });
    } catch {
      // Shown as plain text.
    }
  }
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
