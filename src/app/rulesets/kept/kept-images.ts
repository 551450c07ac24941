import { hash } from 'node:crypto';
import type { Ruleset, RulesetImage } from '../../../domain/rulesets/ruleset.ts';
import { type BaseImage, type BaseSource, baseSources } from '../../../engine/base-image.ts';
import type { ContentCache } from '../../../ports/content-cache.ts';
import { programSha256 } from './create-memo.ts';

/**
 * Compiled rulesets on this machine, in a cache. They are for tests and for the pipeline of this
 * machine: what is signed and uploaded is always compiled again.
 */
export interface KeptImages {
  /** The image of this ruleset; null if it is not kept. */
  of(ruleset: Pick<Ruleset, 'id'>): RulesetImage | null;
  /** The image that was last kept for a rules folder; null if there is none. */
  base(rulesDir: string): BaseImage | null;
  /** @param rulesDir the folder whose base it becomes; null for none */
  keep(rulesDir: string | null, ruleset: Pick<Ruleset, 'id' | 'sources'>, image: RulesetImage): void;
}

type ImageHead = Omit<RulesetImage, 'memory'>;

/** The base of a rules folder, as it is stored. */
interface StoredBase {
  readonly rulesetId: string;
  readonly sources: readonly (readonly [namespace: string, source: BaseSource])[];
}

export function createKeptImages(cache: ContentCache): KeptImages {
  const keyOf = (...parts: readonly string[]) => hash('sha256', JSON.stringify([programSha256(), ...parts]));
  const imageKey = (id: string) => keyOf('image', id);
  const baseKey = (rulesDir: string) => keyOf('base', rulesDir);
  const of = ({ id }: Pick<Ruleset, 'id'>): RulesetImage | null => {
    const bytes = cache.get(imageKey(id));
    return bytes === null ? null : unpackImage(bytes);
  };
  return {
    of,
    base(rulesDir) {
      const bytes = cache.get(baseKey(rulesDir));
      const stored = bytes === null ? null : parse<StoredBase>(bytes);
      const image = stored === null ? null : of({ id: stored.rulesetId });
      return stored === null || image === null ? null : { image, sources: new Map(stored.sources) };
    },
    keep(rulesDir, { id, sources }, image) {
      cache.put(imageKey(id), packImage(image));
      if (rulesDir === null) return;
      const stored: StoredBase = { rulesetId: id, sources: [...baseSources(sources)] };
      cache.put(baseKey(rulesDir), Buffer.from(JSON.stringify(stored)));
    },
  };
}

const lengthBytes = 4;

/** The length of the head (unsigned 32-bit little-endian), the head as JSON, and the memory. */
function packImage({ memory, ...head }: RulesetImage): Uint8Array {
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, memory]);
}

function unpackImage(bytes: Uint8Array): RulesetImage | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < lengthBytes) return null;
  const end = lengthBytes + buffer.readUInt32LE();
  const head = parse<ImageHead>(buffer.subarray(lengthBytes, end));
  return head === null ? null : { ...head, memory: new Uint8Array(buffer.subarray(end)) };
}

/** Null if the bytes are not JSON. What was written under a key of this cache has its type. */
function parse<T>(bytes: Uint8Array): T | null {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as T;
  } catch {
    return null;
  }
}
