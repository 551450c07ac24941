import type * as z from 'zod';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};
const longestShown = 40;

/**
 * Messages for values that a schema refuses, for `safeParse`. A message of the schema itself takes
 * precedence. For example: `must be a whole number, not "many"`.
 */
export const plainIssues: z.core.$ZodErrorMap = (issue) => {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return input === undefined ? 'is missing' : mustBe(kinds[issue.expected] ?? issue.expected, input);
    case 'invalid_value':
      return input === undefined ? 'is missing' : mustBe(`one of ${issue.values.map(String).join(', ')}`, input);
    case 'too_small':
      if (issue.origin === 'string')
        return issue.minimum === 1 ? 'is empty' : `has fewer than ${issue.minimum} characters`;
      if (issue.origin === 'array') return `has fewer than ${issue.minimum} elements`;
      return mustBe(issue.inclusive === false ? `more than ${issue.minimum}` : `${issue.minimum} or more`, input);
    case 'too_big':
      if (issue.origin === 'string') return `has more than ${issue.maximum} characters`;
      if (issue.origin === 'array') return `has more than ${issue.maximum} elements`;
      return mustBe(issue.inclusive === false ? `less than ${issue.maximum}` : `${issue.maximum} or less`, input);
    case 'unrecognized_keys':
      return `has unknown keys: ${issue.keys.map((key) => shown(key)).join(', ')}`;
    case 'invalid_union':
      return input === undefined ? 'is missing' : `has none of the accepted forms: ${shown(input)}`;
    default:
      return undefined;
  }
};

/** `must be true or false, not "yes"` */
export function mustBe(what: string, input: unknown): string {
  return `must be ${what}, not ${shown(input)}`;
}

/** A value on one line, and short, however large or deep it is. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
