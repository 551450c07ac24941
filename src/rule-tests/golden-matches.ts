import { ruleId } from '../domain/rulesets/rule.ts';
import { type MatchedString, maxStringDataBytes, type RuleMatch } from '../domain/scans/match.ts';
import type { TestSpec } from './spec-schema.ts';

type ExpectedStrings = NonNullable<TestSpec['strings']>[string];
type Expected = ExpectedStrings[number];

/** A test with what its rules match now. */
export type GoldenTest =
  | { readonly status: 'unchanged' }
  | { readonly status: 'updated'; readonly spec: TestSpec; readonly changes: readonly string[] }
  /** The test would come to mean the opposite. */
  | { readonly status: 'refused'; readonly reason: string };

/** Longer data is expected by its length. */
const longestData = 80;
/** Strings of one rule that are written. */
const mostStrings = 20;

/**
 * Returns a test that expects what matches now: the rules of its file, and of each rule every string
 * that matches, once. Strings that are expected already stay if they match; otherwise the same keys
 * get new values. A test with a `todo` stays as it is. A test that expects rules keeps at least one
 * of them, and a test that expects none still expects none: both are refused.
 * @param namespace of the rules that the test belongs to
 * @param matches all of the scan
 */
export function goldenTest(spec: TestSpec, namespace: string, matches: readonly RuleMatch[]): GoldenTest {
  if (spec.todo !== undefined) return { status: 'unchanged' };
  const found = new Map(matches.map((match) => [ruleId({ namespace: match.namespace, name: match.rule }), match]));
  const idOf = (name: string) => (name.includes(':') ? name : ruleId({ namespace, name }));
  const expected = new Set(spec.matches.map(idOf));
  const gained = matches.filter((match) => match.namespace === namespace && !expected.has(idOf(match.rule)));
  const lost = spec.matches.filter((name) => !found.has(idOf(name)));
  const kept = spec.matches.filter((name) => found.has(idOf(name)));
  if (spec.matches.length === 0 && gained.length > 0) {
    const reason = `it expects no matches, and ${listed(gained.map(({ rule }) => rule))} matched`;
    return { status: 'refused', reason };
  }
  if (spec.matches.length > 0 && kept.length === 0) {
    return { status: 'refused', reason: `${listed(lost)} did not match` };
  }
  const names = [...kept, ...gained.map(({ rule }) => rule)];
  const changes = [...lost.map((name) => `no longer expects ${name}`), ...gained.map(({ rule }) => `expects ${rule}`)];
  const strings: Record<string, ExpectedStrings> = {};
  for (const name of names) {
    const before = spec.strings?.[name] ?? [];
    const after = goldenStrings(before, found.get(idOf(name))?.strings ?? []);
    if (after.length > 0) strings[name] = after;
    const written = after.filter((each) => !before.includes(each)).length;
    const gone = before.filter((each) => !after.includes(each)).length;
    if (written > 0) changes.push(`${written} ${written === 1 ? 'string' : 'strings'} of ${name}`);
    else if (gone > 0) changes.push(`${gone} ${gone === 1 ? 'string' : 'strings'} of ${name} removed`);
  }
  if (changes.length === 0) return { status: 'unchanged' };
  const { strings: _, ...others } = spec;
  const hasStrings = Object.keys(strings).length > 0;
  return { status: 'updated', spec: { ...others, matches: names, ...(hasStrings ? { strings } : {}) }, changes };
}

/** Entries that still hold are the same objects as before. */
function goldenStrings(before: ExpectedStrings, found: readonly MatchedString[]): ExpectedStrings {
  const corrected = before.flatMap((each) => corrections(each, found));
  const distinct = [...new Map(corrected.map((each) => [JSON.stringify(each), each])).values()];
  const known = new Set(distinct.map(({ identifier }) => identifier));
  const missing = [...Map.groupBy(found, ({ identifier }) => identifier)].flatMap(([identifier, [first]]) =>
    known.has(identifier) || first === undefined ? [] : [entryFor(first)],
  );
  return [...distinct, ...missing.slice(0, Math.max(0, mostStrings - distinct.length))];
}

function corrections(entry: Expected, found: readonly MatchedString[]): readonly Expected[] {
  const same = found.filter(({ identifier }) => identifier === entry.identifier);
  const holds = (each: MatchedString) =>
    (entry.offset ?? each.offset) === each.offset &&
    (entry.length ?? each.length) === each.length &&
    (entry.data ?? each.data) === each.data;
  if (same.some(holds)) return [entry];
  const nearest =
    same.find(({ data }) => data === entry.data) ?? same.find(({ offset }) => offset === entry.offset) ?? same[0];
  if (nearest === undefined) return [];
  const { identifier } = entry;
  return [
    {
      identifier,
      ...(entry.offset === undefined ? {} : { offset: nearest.offset }),
      ...(entry.length === undefined ? {} : { length: nearest.length }),
      ...(entry.data === undefined ? {} : { data: nearest.data }),
    },
  ];
}

function entryFor({ identifier, offset, length, data }: MatchedString): Expected {
  const isShort = length <= maxStringDataBytes && data.length <= longestData;
  return { identifier, offset, ...(isShort ? { data } : { length }) };
}

function listed(names: readonly string[]): string {
  const [last = '', ...before] = names.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(', ')} and ${last}`;
}
