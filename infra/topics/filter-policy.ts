import type { Subscription } from '../config/schema.ts';

/** The attribute of alerts that each part of a filter speaks of, as `src/adapters/aws/sns/sns-attributes.ts` publishes them. */
const attributes = { severity: 'severity', rule: 'rule', tag: 'tags', bucket: 'bucket' } as const;

export type FilterPolicy = Readonly<Record<string, readonly string[]>>;

/**
 * What SNS is to let through: an alert passes that has one of the values in each of the attributes named; of `tags`, which is a list, any of its own counts.
 * Null where all pass. https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
 */
export function filterPolicy(filter: Subscription['filter']): FilterPolicy | null {
  const parts = ['severity', 'rule', 'tag', 'bucket'] as const;
  const named = parts.filter((part) => filter[part].length > 0);
  return named.length === 0 ? null : Object.fromEntries(named.map((part) => [attributes[part], filter[part]]));
}
