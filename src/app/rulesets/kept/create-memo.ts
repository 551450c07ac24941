import { createHash, hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { engineSha256 } from '../../../engine/module/engine-module.ts';
import type { ContentCache } from '../../../ports/content-cache.ts';
import type { Memo } from '../../../rules/memo.ts';

/** The folders with every function whose results are remembered, and with all that these use. */
const pureFolders = ['app/profile', 'app/rulesets', 'domain', 'engine', 'rules'];

/**
 * Remembers results in a cache. A key is the SHA-256 over the code of this program, the engine's
 * module, the function and its inputs. So nothing that was computed otherwise is ever found.
 */
export function createMemo(cache: ContentCache): Memo {
  const shorten = createShortener();
  const keyOf = (kind: string, inputs: readonly unknown[]) =>
    hash('sha256', JSON.stringify([programSha256(), kind, ...inputs], shorten));
  return {
    get(kind, inputs) {
      const bytes = cache.get(keyOf(kind, inputs));
      return bytes === null ? undefined : parse(bytes);
    },
    put: (kind, inputs, result) => cache.put(keyOf(kind, inputs), Buffer.from(JSON.stringify(result))),
  };
}

/** Undefined if the bytes are not JSON, as in a damaged file. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Longer texts are hashed once: several functions take the same source. UTF-16 code units. */
const longText = 256;

/** Replaces long texts by an object with their SHA-256, which no function takes in place of a text. */
function createShortener() {
  const known = new Map<string, string>();
  return (_: string, value: unknown): unknown => {
    if (typeof value !== 'string' || value.length <= longText) return value;
    const sha256 = known.get(value) ?? hash('sha256', value);
    known.set(value, sha256);
    return { sha256 };
  };
}

let program: string | undefined;

/**
 * Lower-case hex SHA-256 over everything but the inputs that results depend on: the code of this
 * program, and the engine's module.
 */
export function programSha256(): string {
  program ??= hash('sha256', `${programDigest()} ${engineSha256()}`);
  return program;
}

/** The SHA-256 over the code of the functions; in a bundle, over the whole bundle. */
function programDigest(): string {
  const hash = createHash('sha256');
  for (const [name, url] of programFiles()) hash.update(`${name}\n`).update(readFileSync(url));
  return hash.digest('hex');
}

function programFiles(): readonly (readonly [name: string, url: URL])[] {
  const own = new URL(import.meta.url);
  if (!own.pathname.endsWith('.ts')) return [['bundle', own]];
  const root = new URL('../../../', own);
  return pureFolders.flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .sort()
      .map((name) => [`${folder}/${name}`, new URL(`${folder}/${name}`, root)] as const),
  );
}
