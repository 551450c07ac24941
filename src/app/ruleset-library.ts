import { isDeepStrictEqual } from 'node:util';
import { hasCode, RearviewError } from '../domain/errors.ts';
import type { CurrentRuleset, Ruleset } from '../domain/ruleset.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { PointerStore } from '../ports/pointer-store.ts';
import { decodeRuleset, encodeRuleset } from '../rules/ruleset-file.ts';
import { parseCurrent } from './current-ruleset.ts';

const currentPointer = 'ruleset/current';
/** A published ruleset with its sources; far above what any real one needs. */
const maxRulesetBytes = 256 * 1024 * 1024;
const cachedRulesets = 16;

/** Published rulesets and deltas, immutable and named by content, and the pointer to the one in force. */
export interface RulesetLibrary {
  /** @throws RearviewError `ERR_NOT_FOUND`, `ERR_RULESET_UNUSABLE` */
  get(rulesetId: string): Promise<Ruleset>;
  /**
   * Stores the ruleset unless it is there; with its image again where the stored one has none, or one of another engine. Where what is stored may not
   * be written again it stays, and `onImageKept` is told.
   */
  put(ruleset: Ruleset): Promise<void>;
  /** The ruleset in force; null before the first was published. Always read afresh. */
  current(): Promise<CurrentRuleset | null>;
  /** Puts `next` in force if `expected` is, in all that the pointer says, what is in force now (null: nothing). Answers whether it did. */
  moveCurrent(next: CurrentRuleset, expected: CurrentRuleset | null): Promise<boolean>;
}

export interface RulesetLibraryOptions {
  readonly store: ObjectStore;
  readonly pointers: PointerStore;
  /** Told of an image that is damaged; the ruleset comes without it, and its sources are compiled. */
  readonly onImageDamaged?: (rulesetId: string, why: string) => void;
  /** Told where a stored ruleset keeps its image, or stays without one, though there is a better: the store takes each ruleset once. */
  readonly onImageKept?: (rulesetId: string) => void;
}

export function createRulesetLibrary(options: RulesetLibraryOptions): RulesetLibrary {
  const { store, pointers, onImageDamaged, onImageKept } = options;
  const cache = new Map<string, Ruleset>();
  const remember = (ruleset: Ruleset) => {
    cache.delete(ruleset.id);
    cache.set(ruleset.id, ruleset);
    const oldest = cache.keys().next();
    if (cache.size > cachedRulesets && !oldest.done) cache.delete(oldest.value);
  };
  const read = async (rulesetId: string) =>
    decodeRuleset(await readRuleset(store, rulesetId), (why) => onImageDamaged?.(rulesetId, why));
  const readCurrent = async () => {
    const pointer = await pointers.get(currentPointer);
    return pointer === null ? null : { value: parseCurrent(pointer.value), revision: pointer.revision };
  };

  /** Answers what is stored then. */
  async function replace(ruleset: Ruleset, bytes: Uint8Array, stored: Ruleset | null): Promise<Ruleset> {
    try {
      await store.put(keyOf(ruleset.id), bytes);
      return ruleset;
    } catch (error) {
      if (stored === null || !hasCode(error, 'ERR_OBJECT_DENIED')) throw error;
      onImageKept?.(ruleset.id);
      return stored;
    }
  }

  return {
    async get(rulesetId) {
      const cached = cache.get(rulesetId);
      if (cached !== undefined) return cached;
      const ruleset = await read(rulesetId);
      if (ruleset.id !== rulesetId) {
        throw new RearviewError('ERR_RULESET_UNUSABLE', `The ruleset stored as ${rulesetId} is ${ruleset.id}.`);
      }
      remember(ruleset);
      return ruleset;
    },
    async put(ruleset) {
      const { id, image = null } = ruleset;
      const cached = cache.get(id);
      if (cached !== undefined && (image === null || cached.image?.engineSha256 === image.engineSha256)) return;
      const bytes = encodeRuleset(ruleset);
      try {
        await store.put(keyOf(id), bytes, { ifAbsent: true });
        remember(ruleset);
      } catch (error) {
        // Named by content: whoever stored it before stored the same rules.
        if (!hasCode(error, 'ERR_CONFLICT')) throw error;
        const stored = await read(id).catch(() => null);
        const isBetter = stored === null || (image !== null && stored.image?.engineSha256 !== image.engineSha256);
        remember(isBetter ? await replace(ruleset, bytes, stored) : stored);
      }
    },
    current: async () => (await readCurrent())?.value ?? null,
    async moveCurrent(next, expected) {
      const now = await readCurrent();
      if (!isDeepStrictEqual(now?.value ?? null, expected)) return false;
      return pointers.compareAndSet(currentPointer, now?.revision ?? null, JSON.stringify(next));
    },
  };
}

function keyOf(rulesetId: string): string {
  return `rulesets/${rulesetId}`;
}

async function readRuleset(store: ObjectStore, rulesetId: string): Promise<Uint8Array> {
  try {
    const { version } = await store.head({ key: keyOf(rulesetId) });
    const content = await store.read(
      { bucket: store.bucket, key: keyOf(rulesetId), version },
      { maxBytes: maxRulesetBytes },
    );
    return content.bytes;
  } catch (cause) {
    if (!hasCode(cause, 'ERR_OBJECT_GONE')) throw cause;
    throw new RearviewError('ERR_NOT_FOUND', `No ruleset ${rulesetId} is published.`, { cause });
  }
}
