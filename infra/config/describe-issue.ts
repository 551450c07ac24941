import * as z from 'zod';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text, quoted if it looks like a number',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object, its keys below it',
  record: 'an object, its keys below it',
  array: 'a list',
};
const isNeeded = 'is required, and has no default';
const longestShown = 40;

/** Describes what is wrong with the configuration, one line per key. */
export function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodObject): readonly string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const at = pathOf([...issue.path, key]);
      const meant = similarKey(key, issue.path, schema);
      return `${at} is not a key${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    });
  }
  // A number that is not even a safe integer is also above every other limit.
  if (issue.code === 'too_big' && issue.maximum === Number.MAX_SAFE_INTEGER) return [];
  return [`${pathOf(issue.path)}: ${whyOf(issue)}`];
}

/** `rearview:subscriptions[0].endpoint` */
export function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part, index) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return `${text}${index === 0 ? '' : '.'}${String(part)}`;
  }, 'rearview:');
}

function whyOf(issue: z.core.$ZodIssue): string {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_key':
      return issue.issues.map(({ message }) => message).join(', ');
    case 'too_big':
      return issue.origin === 'string'
        ? `has more than ${issue.maximum} characters`
        : `must be ${issue.maximum} or less`;
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty';
      return issue.inclusive === false ? `must be more than ${issue.minimum}` : `must be ${issue.minimum} or more`;
    case 'invalid_value':
      return input === undefined
        ? isNeeded
        : `must be one of ${issue.values.map(String).join(', ')}, not ${shown(input)}`;
    case 'invalid_type':
      return input === undefined ? isNeeded : `must be ${kinds[issue.expected] ?? issue.expected}, not ${shown(input)}`;
    default:
      return issue.message;
  }
}

/** On one line, and short, however large or deep it is. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function similarKey(key: string, path: readonly PropertyKey[], schema: z.ZodObject): string | undefined {
  let within: unknown = schema;
  for (const part of path) within = stepInto(bare(within), part);
  const object = bare(within);
  if (!(object instanceof z.ZodObject)) return undefined;
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, '');
  return Object.keys(object.shape).find((each) => plain(each) === plain(key));
}

function stepInto(schema: unknown, part: PropertyKey): unknown {
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodObject && typeof part === 'string' ? schema.shape[part] : undefined;
}

/** Without the alternatives for a missing value or null. */
export function bare(schema: unknown): unknown {
  const isWrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable;
  return isWrapped ? bare(schema.unwrap()) : schema;
}
