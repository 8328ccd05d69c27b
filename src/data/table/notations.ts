/** Numbers in a notation that is not in the grammar of {@link numberPattern}. */
import { numberPattern } from './cells.ts';

const digits = String.raw`[+-]?\d[\d.,_'’ \u00a0\u2009\u202f]*`;
const day = String.raw`(?:0?[1-9]|[12]\d|3[01])`;
const date = String.raw`\d{4}([-/.])${day}\1${day}|${day}([-/.])${day}\2(?:\d{4}|\d\d)`;
const months = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)';

const notations: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a decimal point, although --decimal , is given', numberPattern],
  ['a comma between digits', /^[+-]?(?:\d[\d.]*,\d[\d,]*(?:\.\d*)?|,\d+|\d+,)(?:[eE][+-]?\d+)?$/],
  [
    'separators between thousands',
    /^[+-]?\d{1,3}(?:(?:\.\d{3}){2,}|(?:[ \u00a0\u2009\u202f'’]\d{3})+)(?:[.,]\d+)?$/,
  ],
  ['underscores between digits', /^[+-]?\d+(?:_\d+)+(?:\.\d+)?$/],
  ['a minus sign that is not the ASCII hyphen', /^[\u2010-\u2015\u2212\ufe63\uff0d]\s?[\d.,]+(?:[eE].*)?$/],
  ['a minus sign in another place', /^(?:-\s+[\d.,]+|[\d.,]+\s?-)$/],
  ['a number in parentheses', new RegExp(`^\\(\\p{Sc}?\\s?${digits}\\)$`, 'u')],
  ['a percent sign', new RegExp(`^${digits}[%‰]$`, 'u')],
  [
    'a currency',
    new RegExp(
      `^[+-]?(?:\\p{Sc}|USD|EUR|GBP|JPY|KRW|CNY)\\s?${digits}$|^${digits}(?:\\p{Sc}|USD|EUR|GBP|JPY|KRW|CNY)$`,
      'u',
    ),
  ],
  [
    'a date or time',
    new RegExp(
      `^(?:${date})(?:[T ].*)?$|^\\d{4}[-/]\\d\\d$|^\\d{1,2}:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?: ?[ap]m)?$` +
        `|^(?:\\d{1,2}[ -])?${months}[a-z]*[. ,-]+\\d[\\d, :]*$|^\\d{4}년`,
      'iu',
    ),
  ],
  ['a hexadecimal, octal or binary number', /^[+-]?0[xob][\da-f]+$/i],
  ['the exponent letter D', /^[+-]?(?:\d+\.\d*|\.\d+)[dD][+-]?\d+$/],
  ['digits of another script', /^[+-]?(?!.*\d)\p{Nd}[\p{Nd}.,٫٬．，]*$/u],
  ['infinity', /^[+-]?(?:inf|infinity|∞)$/i],
];

/** How a text writes a number that is not in the grammar: `a percent sign`. Undefined for other texts. */
export const notationOf = (text: string): string | undefined =>
  notations.find(([, pattern]) => pattern.test(text))?.[0];
