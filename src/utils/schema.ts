/**
 * The one place that imports zod: its small build, of which a browser's bundle takes only what is used. What is wrong is said in
 * words of ours, for zod's English has a word for everything and would be half a hundredth of the bundle.
 */
import { config, type core } from 'zod/mini';

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Number.isNaN(value)) return 'NaN';
  return Array.isArray(value) ? 'array' : typeof value;
}

function whatIsWrong(issue: core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}, received ${kindOf(issue.input)}`;
    case 'invalid_value':
      return `expected ${issue.values.join(' or ')}`;
    case 'too_big':
      return `expected ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `expected ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'unrecognized_keys':
      return `there is no ${issue.keys.join(', ')}`;
    default:
      return 'not of the form it should have';
  }
}

const unitOf = (origin: string): string => (origin === 'string' ? ' characters' : '');

config({ localeError: whatIsWrong });

export * from 'zod/mini';
