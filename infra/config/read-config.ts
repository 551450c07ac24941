import * as z from 'zod';
import { bare, describeIssue, pathOf } from './describe-issue.ts';
import { type ConfigKey, configSchema, type InfraConfig } from './schema.ts';
import { subscriptionProblems } from './subscription-problems.ts';

/** Memory of Node and of the handlers, except for objects. */
const besidesObjectsMb = 768;
/** An object is in memory while the previous one is scanned, and again in the engine. */
const copiesOfObject = 3;
/** A member is extracted in pieces, and in the engine. */
const copiesOfMember = 2;

/**
 * Reads the configuration of the stack.
 *
 * @param values by key without namespace, as text; structured ones as JSON, the format of Pulumi
 * @param source of the values, for errors: `Pulumi.prod.yaml`
 * @param outside problems with keys outside of the namespace, for the same error
 * @throws Error that names each key that is unknown or invalid
 */
export function readConfig(
  values: Readonly<Record<string, string>>,
  source: string,
  outside: readonly string[] = [],
): InfraConfig {
  const given = Object.fromEntries(Object.entries(values).map(([key, text]) => [key, parseValue(key, text)]));
  const parsed = configSchema.safeParse(given, { reportInput: true });
  const issues = parsed.error?.issues ?? [];
  const problems = [
    ...outside,
    ...issues.flatMap((issue) => describeIssue(issue, configSchema)),
    ...lostTags(given),
    ...contradictionsOfTheRest(given, issues),
  ];
  if (problems.length > 0 || !parsed.success) {
    throw new Error(
      `Invalid configuration in ${source}:\n  ${problems.join('\n  ')}\nSee docs/reference/configuration.md for all keys.`,
    );
  }
  return parsed.data;
}

/**
 * Pulumi passes every value as text: numbers and flags in their notation (large numbers as
 * `1e+09`), objects as JSON, texts without quotes. Therefore a value that must be text is not
 * converted to a number or a flag.
 */
function parseValue(key: string, text: string): unknown {
  const schema = bare(Object.hasOwn(configSchema.shape, key) ? configSchema.shape[key as ConfigKey] : undefined);
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A record drops this key, because it names no own property in most of JavaScript. */
function lostTags({ tags }: Readonly<Record<string, unknown>>): readonly string[] {
  const isLost = typeof tags === 'object' && tags !== null && Object.hasOwn(tags, '__proto__');
  return isLost ? [`${pathOf(['tags', '__proto__'])}: is not a tag key`] : [];
}

/** Finds contradictions between keys that are valid on their own. */
function contradictionsOfTheRest(
  given: Readonly<Record<string, unknown>>,
  issues: readonly z.core.$ZodIssue[],
): readonly string[] {
  const wrong = new Set(issues.map(({ path: [key] }) => key));
  const known = Object.keys(configSchema.shape).filter((key) => Object.hasOwn(given, key));
  const right = known.filter((key) => !wrong.has(key)).map((key) => [key, given[key]]);
  // Every contradiction names both keys.
  const names = known.filter((key) => wrong.has(key)).map((key) => new RegExp(`\\b${key}\\b`));
  return contradictions(configSchema.parse(Object.fromEntries(right))).filter(
    (problem) => !names.some((name) => name.test(problem)),
  );
}

function contradictions(config: InfraConfig): readonly string[] {
  const problems: string[] = [];
  const refuse = (key: ConfigKey | `${ConfigKey}.${string}` | `${ConfigKey}[${number}]${string}`, why: string) =>
    problems.push(`rearview:${key}: ${why}`);

  const ofMembers = config.unpack.enabled ? copiesOfMember * config.unpack.maxMemberBytes : 0;
  const needed = Math.ceil((copiesOfObject * config.maxObjectBytes + ofMembers) / 2 ** 20) + besidesObjectsMb;
  for (const name of ['live', 'retro'] as const) {
    const { memoryMb, timeoutSeconds } = config[name];
    if (memoryMb < needed) {
      refuse(
        `${name}.memoryMb`,
        `${memoryMb} is too little for objects of maxObjectBytes with members of unpack.maxMemberBytes: ${needed} or more`,
      );
    }
    const { enabled, maxMs } = config.unpack;
    const scanMs = config.deadlineMs + (enabled ? maxMs + config.deadlineMs : 0);
    const closing = Math.ceil(scanMs / 1000) + 20;
    if (timeoutSeconds < closing) {
      refuse(
        `${name}.timeoutSeconds`,
        `${timeoutSeconds} is too short for scans of deadlineMs and unpack.maxMs: ${closing} or more`,
      );
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
    if (names.indexOf(name) !== index) refuse(`existingBuckets[${index}].name`, `${name} is listed twice`);
  }
  for (const [index, { bucket, prefix }] of (config.previews.allowed ?? []).entries()) {
    if (bucket === null) continue;
    const existing = config.existingBuckets.find(({ name }) => name === bucket);
    if (existing === undefined) {
      refuse(
        `previews.allowed[${index}].bucket`,
        `${bucket} is not one of existingBuckets; leave it out for the bucket of the stack`,
      );
    } else if (!prefix.startsWith(existing.prefix)) {
      refuse(
        `previews.allowed[${index}].prefix`,
        `must start with ${existing.prefix}, the prefix of ${bucket} in existingBuckets`,
      );
    }
  }
  for (const [index, subscription] of config.subscriptions.entries()) {
    for (const { part, why } of subscriptionProblems(subscription, config)) {
      refuse(`subscriptions[${index}].${part}`, why);
    }
  }
  return problems;
}
