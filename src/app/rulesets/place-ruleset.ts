import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { TrustedKeys } from '../../rules/file/ruleset-signature.ts';
import { type LoadedRuleset, loadRuleset } from '../../rules/ruleset-file.ts';
import { differenceOf } from './compare-stored.ts';

/** A published ruleset with its sources; far above what any real one needs. */
const maxRulesetBytes = 256 * 1024 * 1024;

/**
 * The part that a stored ruleset lacks: an image for this engine, or a signature. It cannot be added,
 * because the store accepts each name only once.
 */
export type Lack = 'image' | 'signature';

export interface Placement {
  readonly store: ObjectStore;
  readonly trusted: TrustedKeys;
  readonly ruleset: Ruleset;
  readonly bytes: Uint8Array;
  readonly isSigned: boolean;
  readonly onKept: (lack: Lack) => void;
}

/** The name of the object that holds a ruleset. */
export function rulesetKey(rulesetId: string): string {
  return `rulesets/${rulesetId}`;
}

/** @throws RearviewError `ERR_NOT_FOUND`, and what the store throws */
export async function readRulesetBytes(store: ObjectStore, rulesetId: string): Promise<Uint8Array> {
  const key = rulesetKey(rulesetId);
  try {
    const { version } = await store.head({ key });
    return (await store.read({ bucket: store.bucket, key, version }, { maxBytes: maxRulesetBytes })).bytes;
  } catch (cause) {
    if (hasCode(cause, 'ERR_OBJECT_GONE')) {
      throw new RearviewError('ERR_NOT_FOUND', `No ruleset ${rulesetId} is stored in ${store.bucket}.`, { cause });
    }
    throw cause;
  }
}

/**
 * Stores a ruleset file unless an equivalent one is there. The stored file is compared with it: its
 * name identifies the sources, but not the writer of the rest.
 *
 * - An authentic file stays, unless it has no image for this engine.
 * - One that is not authentic and says the same is replaced by a signed one, and stays otherwise.
 * - One that is not authentic and says something else was planted: nothing is stored, nothing is
 *   replaced.
 * - One that cannot be read is replaced.
 *
 * A file that the store protects stays, and `onKept` is called with what it lacks.
 * @returns the bytes that are stored afterwards
 * @throws RearviewError `ERR_RULESET_UNUSABLE` naming the planted object, `ERR_OBJECT_DENIED` if
 *   it cannot be read as a ruleset and cannot be replaced
 */
export async function placeRuleset(placement: Placement): Promise<Uint8Array> {
  const { store, ruleset, bytes } = placement;
  try {
    await store.put(rulesetKey(ruleset.id), bytes, { ifAbsent: true });
    return bytes;
  } catch (error) {
    if (!hasCode(error, 'ERR_CONFLICT')) throw error;
    return settle(placement);
  }
}

async function settle(placement: Placement): Promise<Uint8Array> {
  const { ruleset, isSigned, onKept } = placement;
  const { image = null } = ruleset;
  const found = await readStored(placement);
  if (found instanceof RearviewError) return heal(placement, found);
  const { stored, loaded } = found;
  if (loaded.distrust === null && loaded.file.id === ruleset.id) {
    const isAsGood = image === null || loaded.ruleset.image?.engineSha256 === image.engineSha256;
    if (isAsGood || !isSigned) return stored;
    if (await isReplaced(placement)) return placement.bytes;
    onKept('image');
    return stored;
  }
  const difference = differenceOf(loaded.file, ruleset);
  if (difference !== null) throw notOurs(placement, difference);
  if (!isSigned) return stored;
  if (await isReplaced(placement)) return placement.bytes;
  onKept('signature');
  return stored;
}

/**
 * Errors of a damaged file: not a ruleset, of another length than the store knows, or gone though
 * the store lists it.
 */
const damage = [
  ...(['ERR_RULESET_UNUSABLE', 'ERR_RULES_INVALID', 'ERR_OBJECT_TOO_LARGE'] as const),
  ...(['ERR_OBJECT_CHANGED', 'ERR_NOT_FOUND'] as const),
] as const;

/** The stored file; an error if it is not a ruleset. */
async function readStored({
  store,
  ruleset,
  trusted,
}: Placement): Promise<{ readonly stored: Uint8Array; readonly loaded: LoadedRuleset } | RearviewError> {
  try {
    const stored = await readRulesetBytes(store, ruleset.id);
    return { stored, loaded: loadRuleset(stored, { trusted }) };
  } catch (error) {
    if (hasCode(error, ...damage)) return error;
    throw error;
  }
}

async function heal(placement: Placement, found: RearviewError): Promise<Uint8Array> {
  if (await isReplaced(placement)) return placement.bytes;
  throw new RearviewError(
    'ERR_OBJECT_DENIED',
    `Cannot store the ruleset: ${whereOf(placement)} holds something else, and may not be replaced (${messageOf(found)}). ${wayOut}`,
    { cause: found },
  );
}

/** Replaces the file. Returns false if the store does not allow it. */
async function isReplaced({ store, ruleset, bytes }: Placement): Promise<boolean> {
  try {
    await store.put(rulesetKey(ruleset.id), bytes);
    return true;
  } catch (error) {
    if (hasCode(error, 'ERR_OBJECT_DENIED')) return false;
    throw error;
  }
}

const wayOut =
  'Find out who wrote it. Then remove it (in AWS an administrator has to lift the policy of the bucket for that), or change any rule: a comment is enough to give the rules another id.';

function notOurs(placement: Placement, difference: string): RearviewError {
  return new RearviewError(
    'ERR_RULESET_UNUSABLE',
    `Cannot store the ruleset: ${whereOf(placement)} holds a file that no trusted key has signed, and ${difference}: another writer has put it there. Nothing was stored or published. ${wayOut}`,
  );
}

function whereOf({ store, ruleset }: Placement): string {
  return `${store.bucket}/${rulesetKey(ruleset.id)}`;
}
