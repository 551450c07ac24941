import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A function that conditions may call: namespace, name, parameters, results. */
export type ConditionFunction = readonly [namespace: string, name: string, parameters: string, results: string];

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

/** Lower-case hex SHA-256 of the module. */
export function engineSha256(): string {
  return engineManifest().sha256;
}

/**
 * Reads the module.
 * @throws Error if it is not the one of its manifest
 */
export function readEngineModule(): Uint8Array<ArrayBuffer> {
  const bytes = readFileSync(fileOf('engine.wasm'));
  if (hash('sha256', bytes) !== engineSha256())
    throw new Error('engine/dist/engine.wasm is not the module of engine.json: check out both again.');
  return bytes;
}
