import type { MetaEntry, MetaValue } from '../../domain/rulesets/rule.ts';

/** Meta as an object; an identifier that a rule repeats has a list of its values. */
export function metaObject(meta: readonly MetaEntry[]): Record<string, MetaValue | readonly MetaValue[]> {
  const values = new Map<string, MetaValue[]>();
  for (const { identifier, value } of meta) values.set(identifier, [...(values.get(identifier) ?? []), value]);
  // Unlike an assignment, this makes `__proto__` an own property, too.
  return Object.fromEntries(
    [...values].map(([identifier, all]): [string, MetaValue | readonly MetaValue[]] => {
      const [first] = all;
      return [identifier, all.length === 1 && first !== undefined ? first : all];
    }),
  );
}
