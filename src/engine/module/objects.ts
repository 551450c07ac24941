import { reportedMatchesPerPattern } from '../../domain/scans/match.ts';
import type { EngineInstance, VariableArguments } from './engine-instance.ts';
import { createHeldRoom, type FileBytes, type HeldRoom, viewOf } from './held-file.ts';

/** A value that a rule can name. Numbers are floats only where that is said. */
export type GlobalValue = string | boolean | number | bigint;
export type GlobalType = 'string' | 'boolean' | 'integer' | 'float';

/** Compiles rules. An error of the rules is an `Error` with the engine's text. */
export interface Compiler {
  /** @throws Error if the name is taken or not valid */
  defineGlobal(name: string, value: GlobalValue, type?: GlobalType): void;
  newNamespace(name: string): void;
  /** Makes no warnings from here on: they would be kept with the rules. */
  ignoreWarnings(): void;
  /** @throws Error with the text of the first error */
  addSource(source: string): void;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Ends the compiler. */
  build(): Rules;
  /** May be called several times, and after `build`. */
  free(): void;
}

/** Compiled rules. */
export interface Rules {
  readonly address: number;
  scanner(): Scanner;
  /** Its scanners must be freed before. */
  free(): void;
}

/** The result for a public rule that matched. */
export interface EngineMatch {
  readonly identifier: string;
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly metadata: readonly {
    readonly identifier: string;
    /** Text with escapes may be returned as bytes. */
    readonly value: string | number | boolean | readonly number[];
  }[];
  /** All public patterns. */
  readonly patterns: readonly {
    readonly identifier: string;
    /** The number of its matches. */
    readonly total: number;
    /** Offset and length of each of the first `reportedMatchesPerPattern`. */
    readonly places: readonly number[];
  }[];
}

/** Scans files one after the other. */
export interface Scanner {
  setGlobal(name: string, value: GlobalValue, type?: GlobalType): void;
  setMaxMatchesPerPattern(maximum: number): void;
  /** @throws Error if the engine did not scan */
  scan(file: FileBytes): readonly EngineMatch[];
  /** Whether a condition of the last scan used the matches of a pattern that reached the maximum. */
  limitUsed(): boolean;
  free(): void;
}

const kinds = { string: 0, integer: 1, float: 2, boolean: 3 } as const;

/** The objects of one instance of the engine. */
export interface EngineObjects {
  compiler(): Compiler;
  /** Memory for a file, at first of any content. */
  hold(bytes: number): HeldRoom;
  /** The rules at an address in the instance's memory. */
  rulesAt(address: number): Rules;
}

/** @param isDead whether the instance has trapped */
export function createObjects({ exports, memory }: EngineInstance, isDead: () => boolean): EngineObjects {
  /** Addresses of the files in this memory. */
  const held = new WeakMap<FileBytes, number>();

  /** Passes bytes to a call. */
  function withBytes<T>(bytes: Uint8Array, call: (address: number, length: number) => T): T {
    if (bytes.length === 0) return call(0, 0);
    const address = exports.allocate(bytes.length);
    // Not freed after a trap: the instance is dead then.
    new Uint8Array(memory.buffer).set(bytes, address >>> 0);
    const result = call(address, bytes.length);
    exports.release(address, bytes.length);
    return result;
  }

  const withText = <T>(text: string, call: (address: number, length: number) => T): T =>
    withBytes(Buffer.from(text, 'utf8'), call);

  /** Passes a file to a call. One in this memory is not copied. */
  function withFile<T>(file: FileBytes, call: (address: number, length: number) => T): T {
    const place = held.get(file);
    return place === undefined ? withBytes(viewOf(file), call) : call(place, file.length);
  }

  function hold(bytes: number): HeldRoom {
    const address = exports.allocate(bytes);
    const room = createHeldRoom(memory, address, bytes, () => {
      held.delete(room.file);
      if (!isDead()) exports.release(address, bytes);
    });
    held.set(room.file, address);
    return room;
  }

  function answer(): string {
    const text = Buffer.from(memory.buffer, exports.answer_address() >>> 0, exports.answer_length()).toString('utf8');
    exports.answer_drop();
    return text;
  }

  function orThrow(failed: number): void {
    if (failed !== 0) throw new Error(answer());
  }

  function setGlobal(
    set: (...named: VariableArguments) => number,
    name: string,
    value: GlobalValue,
    type: GlobalType,
  ): void {
    const text = type === 'string' ? String(value) : '';
    const integer = type === 'integer' || type === 'boolean' ? BigInt(value) : 0n;
    const float = type === 'float' ? Number(value) : 0;
    orThrow(
      withText(name, (at, length) =>
        withText(text, (textAt, textLength) => set(at, length, kinds[type], textAt, textLength, integer, float)),
      ),
    );
  }

  function compiler(): Compiler {
    const address = exports.compiler_new();
    let isFree = false;
    return {
      defineGlobal: (name, value, type = typeOf(value)) =>
        setGlobal((...named) => exports.compiler_define_global(address, ...named), name, value, type),
      newNamespace: (name) => withText(name, (at, length) => exports.compiler_new_namespace(address, at, length)),
      ignoreWarnings: () => exports.compiler_ignore_warnings(address),
      addSource: (source) =>
        orThrow(withText(source, (at, length) => exports.compiler_add_source(address, at, length))),
      get errors() {
        exports.compiler_errors(address);
        return JSON.parse(answer());
      },
      get warnings() {
        exports.compiler_warnings(address);
        return JSON.parse(answer());
      },
      build() {
        isFree = true;
        return rulesAt(exports.compiler_build(address));
      },
      free() {
        if (!isFree) exports.compiler_free(address);
        isFree = true;
      },
    };
  }

  function rulesAt(address: number): Rules {
    let isFree = false;
    return {
      address,
      scanner: () => scanner(address),
      free() {
        if (!isFree) exports.rules_free(address);
        isFree = true;
      },
    };
  }

  function scanner(rules: number): Scanner {
    const address = exports.scanner_new(rules);
    let isFree = false;
    return {
      setGlobal: (name, value, type = typeOf(value)) =>
        setGlobal((...named) => exports.scanner_set_global(address, ...named), name, value, type),
      setMaxMatchesPerPattern: (maximum) => exports.scanner_max_matches(address, maximum),
      scan(file) {
        const count = withFile(file, (at, length) =>
          exports.scanner_scan(address, at, length, reportedMatchesPerPattern),
        );
        if (count < 0) throw new Error(`The engine did not scan: ${answer()}`);
        return count === 0 ? [] : JSON.parse(answer());
      },
      limitUsed: () => exports.scanner_limit_used(address) === 1,
      free() {
        if (!isFree) exports.scanner_free(address);
        isFree = true;
      },
    };
  }

  return { compiler, hold, rulesAt };
}

function typeOf(value: GlobalValue): GlobalType {
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as 'string' | 'boolean';
  return typeof value === 'bigint' || Number.isInteger(value) ? 'integer' : 'float';
}
