import { isDeepStrictEqual } from 'node:util';
import { hasCode, RearviewError } from '../../domain/errors.ts';
import type { CurrentRuleset, Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';
import type { Signer } from '../../ports/signer.ts';
import { hashOf } from '../../rules/file/parse-ruleset-file.ts';
import type { TrustedKeys } from '../../rules/file/ruleset-signature.ts';
import { type Distrust, encodeRuleset, loadRuleset, type PackOptions } from '../../rules/ruleset-file.ts';
import { history, parseCurrent } from './current-ruleset.ts';
import { type Lack, placeRuleset, readRulesetBytes } from './place-ruleset.ts';
import { signRuleset } from './sign-ruleset.ts';

const currentPointer = 'ruleset/current';
const cachedRulesets = 16;

/** A ruleset as it is stored. */
export interface StoredRuleset {
  readonly ruleset: Ruleset;
  /** Lower-case hex, of the whole file. */
  readonly fileSha256: string;
  /** Null if the file is authentic and the one that was published. */
  readonly distrust: Distrust | null;
}

/**
 * Published rulesets and deltas, immutable and named by content, and the pointer to the active one.
 */
export interface RulesetLibrary {
  /**
   * A ruleset as it may be used: `loadRuleset` defines how that depends on its signature. If the
   * pointer names it, as active or earlier, it must be the file that was published.
   * @throws RearviewError `ERR_NOT_FOUND`, `ERR_RULESET_UNUSABLE`
   */
  get(rulesetId: string): Promise<Ruleset>;
  /** Like `get`, with the details of the file. It is always read again. */
  inspect(rulesetId: string): Promise<StoredRuleset>;
  /**
   * Stores a ruleset without a signature: readers take its sources and nothing else.
   * @throws RearviewError as `placeRuleset`
   */
  put(ruleset: Ruleset): Promise<void>;
  /**
   * Signs a ruleset and stores it.
   * @returns the SHA-256 of the file that is stored then
   * @throws RearviewError `ERR_SIGNING` where it cannot be signed, then nothing is stored; as
   *   `placeRuleset`
   */
  putSigned(ruleset: Ruleset): Promise<string>;
  /** The active ruleset; null before the first was published. It is always read again. */
  current(): Promise<CurrentRuleset | null>;
  /**
   * Makes `next` active if `expected` is, in all that the pointer says, what is active now (null:
   * nothing). Returns whether it did.
   */
  moveCurrent(next: CurrentRuleset, expected: CurrentRuleset | null): Promise<boolean>;
}

export interface RulesetLibraryOptions extends PackOptions {
  readonly store: ObjectStore;
  readonly pointers: PointerStore;
  /** Keys whose signatures count, requested for each file that is read. */
  readonly trusted: () => TrustedKeys;
  /** Opens the signer when it is needed. Absent if nothing may be signed. */
  readonly signer?: () => Promise<Signer>;
  /** Called once for each ruleset whose file is not used as it is. */
  readonly onDistrusted?: (rulesetId: string, distrust: Distrust) => void;
  /**
   * Called for a damaged image. The ruleset is returned without it, and its sources are compiled.
   */
  readonly onImageDamaged?: (rulesetId: string, why: string) => void;
  /**
   * Called with what a stored ruleset lacks and a better file has: the store takes each ruleset
   * once.
   */
  readonly onKept?: (rulesetId: string, lack: Lack) => void;
}

export function createRulesetLibrary(options: RulesetLibraryOptions): RulesetLibrary {
  const { store, pointers, trusted, signer, compression = 'strong', onDistrusted, onImageDamaged, onKept } = options;
  const cache = new Map<string, Ruleset>();
  const reported = new Set<string>();
  const remember = (ruleset: Ruleset) => {
    cache.delete(ruleset.id);
    cache.set(ruleset.id, ruleset);
    const oldest = cache.keys().next();
    if (cache.size > cachedRulesets && !oldest.done) cache.delete(oldest.value);
  };
  const readCurrent = async () => {
    const pointer = await pointers.get(currentPointer);
    return pointer === null ? null : { value: parseCurrent(pointer.value), revision: pointer.revision };
  };

  /** The entry of a ruleset in the pointer; undefined if there is none. */
  async function publishedAs(rulesetId: string) {
    const now = await readCurrent();
    return now === null ? undefined : history(now.value).find((each) => each.rulesetId === rulesetId);
  }

  function report(rulesetId: string, distrust: Distrust, isPublished: boolean): void {
    // A delta has no signature, and nothing that would be lost without one.
    if (!isPublished && distrust.dropped.length === 0) return;
    const what = `${rulesetId} ${distrust.kind}`;
    if (reported.has(what)) return;
    reported.add(what);
    onDistrusted?.(rulesetId, distrust);
  }

  async function load(rulesetId: string) {
    // At the same time: a file that was replaced in between is read again, see `inspect`.
    const [published, read] = await Promise.all([
      publishedAs(rulesetId),
      readRulesetBytes(store, rulesetId).then(
        (bytes) => ({ bytes }),
        (error: unknown) => ({ error }),
      ),
    ]);
    if ('error' in read) throw published === undefined ? read.error : lostOrDamaged(read.error, rulesetId);
    const { bytes } = read;
    const options = { trusted: trusted(), sha256: published?.fileSha256 ?? null };
    return { bytes, isPublished: published !== undefined, ...loadRuleset(bytes, options) };
  }

  async function inspect(rulesetId: string): Promise<StoredRuleset> {
    let loaded = await load(rulesetId);
    // If a publisher has just replaced the file, the pointer follows a moment later.
    if (loaded.distrust?.kind === 'replaced') loaded = await load(rulesetId);
    const { bytes, isPublished, ruleset, distrust, imageDamage } = loaded;
    if (ruleset.id !== rulesetId) {
      throw new RearviewError('ERR_RULESET_UNUSABLE', `The ruleset stored as ${rulesetId} is ${ruleset.id}.`);
    }
    if (distrust !== null) report(rulesetId, distrust, isPublished);
    if (imageDamage !== null) onImageDamaged?.(rulesetId, imageDamage);
    return { ruleset, fileSha256: hashOf(bytes), distrust };
  }

  function place(ruleset: Ruleset, bytes: Uint8Array, isSigned: boolean): Promise<Uint8Array> {
    const { id } = ruleset;
    return placeRuleset({
      ...{ store, trusted: trusted(), ruleset, bytes, isSigned },
      onKept: (lack) => onKept?.(id, lack),
    });
  }

  return {
    inspect,
    async get(rulesetId) {
      const cached = cache.get(rulesetId);
      if (cached !== undefined) return cached;
      const { ruleset } = await inspect(rulesetId);
      remember(ruleset);
      return ruleset;
    },
    async put(ruleset) {
      if (cache.has(ruleset.id)) return;
      await place(ruleset, encodeRuleset(ruleset, [], { compression }), false);
    },
    async putSigned(ruleset) {
      if (signer === undefined) {
        throw new RearviewError(
          'ERR_SIGNING',
          'Cannot sign the ruleset: functions have no signing key. Publish and roll back with the command line.',
        );
      }
      const stored = await place(ruleset, await signRuleset(ruleset, await signer(), { compression }), true);
      cache.delete(ruleset.id);
      return hashOf(stored);
    },
    current: async () => (await readCurrent())?.value ?? null,
    async moveCurrent(next, expected) {
      const now = await readCurrent();
      if (!isDeepStrictEqual(now?.value ?? null, expected)) return false;
      return pointers.compareAndSet(currentPointer, now?.revision ?? null, JSON.stringify(next));
    },
  };
}

/**
 * The error for the missing or truncated file of a published ruleset, with the fix. Other errors
 * stay as they are.
 */
function lostOrDamaged(error: unknown, rulesetId: string): unknown {
  const isLost = hasCode(error, 'ERR_NOT_FOUND');
  if (!isLost && !hasCode(error, 'ERR_OBJECT_CHANGED')) return error;
  const code = isLost ? 'ERR_NOT_FOUND' : 'ERR_RULESET_UNUSABLE';
  const what = isLost ? 'is missing' : 'does not have the length that it was stored with';
  const way = 'Publish the same rules again, which stores it; or restore it from a backup.';
  return new RearviewError(code, `The file of the ruleset ${rulesetId} ${what}. ${way}`, { cause: error });
}
