import type { Subscription } from '../config/schema.ts';

/**
 * The alert attribute for each part of a filter, as `src/adapters/aws/sns/sns-attributes.ts`
 * publishes them.
 */
const attributes = { severity: 'severity', rule: 'rule', tag: 'tags', bucket: 'bucket' } as const;

export type FilterPolicy = Readonly<Record<string, readonly string[]>>;

/**
 * The SNS filter policy: an alert passes if it has one of the values of each named attribute; for
 * `tags`, which is a list, any of its values counts. Null if everything passes.
 * https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
 */
export function filterPolicy(filter: Subscription['filter']): FilterPolicy | null {
  const parts = ['severity', 'rule', 'tag', 'bucket'] as const;
  const named = parts.filter((part) => filter[part].length > 0);
  return named.length === 0 ? null : Object.fromEntries(named.map((part) => [attributes[part], filter[part]]));
}
