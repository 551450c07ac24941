import * as z from 'zod';
import { isStaged, type RuleEntry } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { parseStored } from '../../domain/text/parse-stored.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';
import type { RulesetLibrary } from './ruleset-library.ts';

const stagedPointer = 'rules/staged';
const sinceSchema = z.record(z.string(), z.iso.datetime());

/** Time since when a rule is active and staged, by logic hash; ISO 8601 in UTC. */
export type StagedSince = ReadonlyMap<string, string>;

/**
 * The staged rules of a ruleset that report matches; private ones have nothing to be promoted to.
 */
export function stagedRules({ rules }: Pick<Ruleset, 'rules'>): readonly RuleEntry[] {
  return rules.filter((rule) => isStaged(rule) && !rule.private);
}

/**
 * Notes since when each active staged rule is staged, unless that is noted already. A rule whose
 * logic changes starts again, and one that is no longer staged is forgotten. The last writer leaves
 * the rules that are active then.
 */
export async function noteStagedRules({
  pointers,
  library,
  now,
}: {
  readonly pointers: PointerStore;
  readonly library: RulesetLibrary;
  readonly now: () => number;
}): Promise<StagedSince> {
  for (;;) {
    // Read before the active ruleset: if another process publishes and notes meanwhile, this write
    // fails.
    const pointer = await pointers.get(stagedPointer);
    const current = await library.current();
    const rules = current === null ? [] : stagedRules(await library.get(current.rulesetId));
    const before = pointer === null ? new Map<string, string>() : parseSince(pointer.value);
    const at = new Date(now()).toISOString();
    const hashes = [...new Set(rules.map(({ logicHash }) => logicHash))].sort();
    const since = new Map(hashes.map((logic) => [logic, before.get(logic) ?? at]));
    if (since.size === before.size && hashes.every((logic) => before.has(logic))) return since;
    const value = JSON.stringify(Object.fromEntries(since));
    if (await pointers.compareAndSet(stagedPointer, pointer?.revision ?? null, value)) return since;
  }
}

/** Reads the notes. Writes nothing. */
export async function readStagedSince(pointers: PointerStore): Promise<StagedSince> {
  const pointer = await pointers.get(stagedPointer);
  return pointer === null ? new Map() : parseSince(pointer.value);
}

function parseSince(text: string): Map<string, string> {
  return new Map(Object.entries(parseStored(sinceSchema, text, 'list of staged rules')));
}
