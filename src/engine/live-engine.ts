import { type Engine, startEngine } from './yara.ts';

let current: Engine | undefined;

/**
 * Returns an instance of the engine for this thread that has not trapped. A hostile or broken rule
 * file can trap it while it compiles; then the next call starts another.
 * @param module used for all engines of this thread. Default: the module of this project
 * @param maxMemoryBytes of the engine. Default: `defaultMaxMemoryBytes`
 */
export function liveEngine(module?: WebAssembly.Module, maxMemoryBytes?: number): Engine {
  if (current === undefined || current.dead) current = startEngine(module, maxMemoryBytes);
  return current;
}

/** Lets go of the engine of this thread, which has the memory of the largest rules it compiled. */
export function dropLiveEngine(): void {
  current = undefined;
}
