import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A function that conditions may call: namespace, name, parameters, results. */
export type ConditionFunction = readonly [namespace: string, name: string, parameters: string, results: string];

/** The engine as `npm run engine` built it. */
export interface EngineModule {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** `engine.json`, next to the module. */
interface EngineManifest {
  /** Of the crate `yara-x`. */
  readonly version: string;
  readonly sha256: string;
  /** In the order of their indexes. */
  readonly functions: readonly ConditionFunction[];
}

/** Found by the `imports` of package.json, here as in the bundle of the functions. */
const fileOf = (name: string) => new URL(import.meta.resolve(`#engine/${name}`));

let manifest: EngineManifest | undefined;

export function engineManifest(): EngineManifest {
  manifest ??= JSON.parse(readFileSync(fileOf('engine.json'), 'utf8')) as EngineManifest;
  return manifest;
}

/** The engine that scans. A ruleset's id depends on the version. */
export function engineInfo(): { readonly name: 'yara-x'; readonly version: string } {
  return { name: 'yara-x', version: engineManifest().version };
}

/**
 * Reads the module.
 * @throws Error if it is not the one of its manifest
 */
export function readEngineModule(): EngineModule {
  const bytes = readFileSync(fileOf('engine.wasm'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== engineManifest().sha256)
    throw new Error('engine/dist/engine.wasm is not the module of engine.json: check out both again.');
  return { sha256, bytes };
}
