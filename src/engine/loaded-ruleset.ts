import { type ExternalName, type Externals, externalNames, externalsOf } from '../domain/rulesets/externals.ts';
import type { RulesetImage } from '../domain/rulesets/ruleset.ts';
import type { RuleMatch } from '../domain/scans/match.ts';
import { safeJson } from '../domain/text/safe-json.ts';
import { type CompiledRules, openRules } from './compiled-rules.ts';
import { ImageError, restoreImage } from './image/memory-image.ts';
import { floodMatchLimit } from './match-limit.ts';
import type { FileBytes, HeldRoom } from './module/held-file.ts';
import { defaultMaxMemoryBytes, type Engine, isTrap } from './yara.ts';

/** The module from which a thread makes its engines. */
export interface EngineOrigin {
  readonly module: WebAssembly.Module;
  /** Lower-case hex SHA-256 of the module. */
  readonly engineSha256: string;
  /** Maximum size of an engine's memory in bytes. Default: `defaultMaxMemoryBytes`. */
  readonly maxMemoryBytes?: number;
  /** Called after much memory became free. Default: left to the garbage collector. */
  readonly collectGarbage?: () => void;
}

/** A ruleset that is ready to scan, in its own engine. */
export interface LoadedRuleset {
  /** Null for one in several engines. */
  readonly image: RulesetImage | null;
  memoryBytes(): number;
  /**
   * Like `CompiledRules.scan`. A file whose matches take too much memory is scanned again
   * in a fresh engine, with a lower limit on the matches that conditions see.
   */
  scan(file: FileBytes, externals: Externals): RuleMatch[];
  /**
   * Memory of the engine for a file of this many bytes: what is read into it is scanned without a
   * copy. It stays readable if the engine is restarted. Null if there is too little, or where the
   * ruleset is in several engines.
   */
  hold(bytes: number): HeldRoom | null;
  /** See `CompiledRules.matchLimitReached`. */
  matchLimitReached(): boolean;
  /** May be called several times. The memory goes with the last reference. */
  free(): void;
  /** See `CompiledRules.variableProblems`. */
  variableProblems(): readonly string[];
  /** The external variables that the rules may use. */
  readonly externals: readonly ExternalName[];
  /** Whether the rules may use declared variables. */
  readonly hasVariables: boolean;
  /** Starts a fresh engine after a trap. Returns false if that is not possible. */
  revive(): boolean;
}

/**
 * Growth of an engine in bytes before it is restarted: after a large file, its memory stays large.
 */
const growthBeforeRestart = 8 * 1024 * 1024;

/** Files of this many bytes and more get memory in advance. */
const largeFile = 8 * 1024 * 1024;

/** Small enough to cost no more than the first scan of any file. */
const checkedBytes = Buffer.from('Rearview');

/**
 * Loads an image and scans a few bytes, so that an image that cannot scan fails now and not with
 * every file.
 * @throws ImageError if it is damaged or of another engine; any engine error if its content is not
 *   what it states
 */
export function loadCheckedImage(image: RulesetImage, origin: EngineOrigin): LoadedRuleset {
  const loaded = loadImage(image, origin);
  try {
    loaded.scan(checkedBytes, externalsOf(''));
    return loaded;
  } catch (error) {
    loaded.free();
    throw error;
  }
}

/**
 * Loads an image.
 * @throws ImageError if it is damaged or of another engine
 */
export function loadImage(image: RulesetImage, origin: EngineOrigin): LoadedRuleset {
  if (image.engineSha256 !== origin.engineSha256) {
    throw new ImageError(
      `it was made of another engine module (${short(image.engineSha256)}) than this one (${short(origin.engineSha256)})`,
    );
  }
  const unknown = image.externals.find((name) => !externalNames.includes(name));
  if (unknown !== undefined) throw new ImageError(`its rules use the unknown variable ${safeJson(unknown)}`);
  let { engine, rules } = open(image, origin);
  // For the last scan; its engine may be gone.
  let problems: readonly string[] = [];
  let limitReached = false;
  let isGrown = false;
  /** Starts a fresh engine; the old one goes with its memory, which may be as large as the limit. */
  const restart = (): void => {
    rules.free();
    ({ engine, rules } = open(image, origin));
    isGrown = false;
    origin.collectGarbage?.();
  };
  const max = origin.maxMemoryBytes ?? defaultMaxMemoryBytes;
  const scanOnce = (file: FileBytes, externals: Externals): RuleMatch[] => {
    try {
      if (file instanceof Uint8Array) makeRoom(engine, file.length, max);
      return rules.scan(file, externals);
    } catch (error) {
      if (!isOutOfMemory(error, engine.memoryBytes(), file.length, max)) throw error;
      restart();
      return rules.scan(file, externals, floodMatchLimit);
    }
  };
  return {
    image,
    memoryBytes: () => engine.memoryBytes(),
    matchLimitReached: () => limitReached,
    variableProblems: () => problems,
    externals: image.externals,
    hasVariables: (image.variables ?? []).length > 0,
    free: () => rules.free(),
    revive: () => {
      restart();
      return true;
    },
    hold: (bytes) => {
      if (engine.dead || !hasRoom(engine, bytes, max)) return null;
      makeRoom(engine, bytes, max);
      const room = engine.hold(bytes);
      return {
        ...room,
        free: () => {
          room.free();
          if (isGrown) restart();
        },
      };
    },
    scan: (file, externals) => {
      const matches = scanOnce(file, externals);
      problems = rules.variableProblems();
      limitReached = rules.matchLimitReached();
      isGrown = engine.memoryBytes() > image.memoryBytes + growthBeforeRestart;
      // A file in its memory is still read.
      if (isGrown && file instanceof Uint8Array) restart();
      return matches;
    },
  };
}

/**
 * Grows the memory for a large file at once. A module such as `elf` takes more than twice the size
 * of the file, bit by bit, and V8 collects garbage whenever a large memory grows.
 */
function makeRoom(engine: Engine, fileBytes: number, maxMemoryBytes: number): void {
  const bytes = 3 * fileBytes;
  if (fileBytes < largeFile || !hasRoom(engine, bytes, maxMemoryBytes)) return;
  engine.allocator.release(engine.allocator.allocate(bytes), bytes);
}

/** Whether as many bytes leave a quarter of an engine's memory to the scan. */
function hasRoom(engine: Engine, bytes: number, maxMemoryBytes: number): boolean {
  return engine.memoryBytes() + bytes <= 0.75 * maxMemoryBytes;
}

function open(image: RulesetImage, origin: EngineOrigin): { engine: Engine; rules: CompiledRules } {
  const { engine, rules } = restoreImage(image, origin.module, origin.maxMemoryBytes);
  return { engine, rules: openRules(engine, rules, image.externals, image.variables) };
}

/**
 * Guesses whether a scan failed for lack of memory: the engine aborts with a plain `unreachable` in
 * every case.
 */
export function isOutOfMemory(
  error: unknown,
  memoryBytes: number,
  payloadBytes: number,
  maxMemoryBytes: number,
): boolean {
  if (error instanceof RangeError) return /array length|allocation failed/i.test(error.message);
  // A growing list requests twice its size.
  return isTrap(error) && memoryBytes + Math.max(payloadBytes, memoryBytes / 3) >= maxMemoryBytes;
}

function short(sha256: string): string {
  return sha256.slice(0, 12);
}
