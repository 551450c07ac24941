import type { z } from 'zod';
import { type ConfigKey, configSchema, type InfraConfig } from './schema.ts';
import { subscriptionProblems } from './subscription-problems.ts';

/** Node of the engine itself, and what Node and the handlers hold beside objects. */
const besidesObjectsMb = 768;
/** An object is held while the one before it is scanned, and once more in the engine. */
const copiesOfObject = 3;

/**
 * Reads the configuration of the stack.
 *
 * @param values by key without namespace, as text; what has parts as JSON, which is how Pulumi hands it over
 * @param source of the values, for errors: `Pulumi.prod.yaml`
 * @throws Error that names each key that is unknown or wrong
 */
export function readConfig(values: Readonly<Record<string, string>>, source: string): InfraConfig {
  const given = Object.fromEntries(Object.entries(values).map(([key, text]) => [key, parseValue(text)]));
  const parsed = configSchema.safeParse(given);
  const problems = parsed.success ? contradictions(parsed.data) : parsed.error.issues.flatMap(describeIssue);
  if (problems.length > 0 || !parsed.success) {
    throw new Error(`${source} cannot be used:\n  ${problems.join('\n  ')}\ndocs/deploy.md has the table of all keys.`);
  }
  return parsed.data;
}

/** Pulumi hands every value over as text: a number and a flag as they are written, an object as JSON, a text without quotes. */
function parseValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'number' && String(value) !== text ? text : value;
  } catch {
    return text;
  }
}

function describeIssue(issue: z.core.$ZodIssue): readonly string[] {
  const at = `rearview:${issue.path.map(String).join('.')}`.replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');
  if (issue.code !== 'unrecognized_keys') return [`${at}: ${issue.message}`];
  const within = issue.path.length === 0 ? 'rearview:' : `${at}.`;
  return issue.keys.map((key) => `${within}${key} is no key${hint(key, issue.path)}`);
}

function hint(key: string, path: readonly PropertyKey[]): string {
  if (path.length > 0) return '';
  const known = Object.keys(configSchema.shape);
  const close = known.find((each) => each.toLowerCase() === key.toLowerCase().replaceAll(/[-_]/g, ''));
  return close === undefined ? '' : `; do you mean ${close}?`;
}

function contradictions(config: InfraConfig): readonly string[] {
  const problems: string[] = [];
  const refuse = (key: ConfigKey | `${ConfigKey}.${string}` | `${ConfigKey}[${number}]${string}`, why: string) =>
    problems.push(`rearview:${key}: ${why}`);

  const needed = Math.ceil((copiesOfObject * config.maxObjectBytes) / 2 ** 20) + besidesObjectsMb;
  for (const name of ['live', 'retro'] as const) {
    const { memoryMb, timeoutSeconds } = config[name];
    if (memoryMb < needed) {
      refuse(`${name}.memoryMb`, `${memoryMb} is too little for objects of maxObjectBytes: ${needed} or more`);
    }
    const closing = Math.ceil(config.deadlineMs / 1000) + 20;
    if (timeoutSeconds < closing) {
      refuse(`${name}.timeoutSeconds`, `${timeoutSeconds} is too short for scans of deadlineMs: ${closing} or more`);
    }
  }
  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  if (config.live.batchSize > 10 && config.live.batchWindowSeconds === 0) {
    refuse('live.batchWindowSeconds', 'must be 1 or more where live.batchSize is above 10');
  }
  const { reservedConcurrency, maxConcurrency } = config.live;
  if (reservedConcurrency !== null && reservedConcurrency < maxConcurrency) {
    refuse('live.reservedConcurrency', `must not be below live.maxConcurrency (${maxConcurrency})`);
  }
  const names = config.existingBuckets.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) refuse(`existingBuckets[${index}].name`, `${name} is there twice`);
  }
  for (const [index, subscription] of config.subscriptions.entries()) {
    for (const { part, why } of subscriptionProblems(subscription, config)) {
      refuse(`subscriptions[${index}].${part}`, why);
    }
  }
  return problems;
}
