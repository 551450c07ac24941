import { messageOf } from '../../domain/errors.ts';
import type { Remedies } from '../remedies.ts';
import {
  bare,
  builtinNamespace,
  type ConditionImports,
  compileConditions,
  instantiateConditions,
  own,
  stateNamespace,
} from './condition-module.ts';
import { HostFailure } from './host-failure.ts';
import { createIntegerReaders, integerReaderNames } from './integer-readers.ts';
import { createListSetter, type MatchLimit } from './match-limit.ts';
import type { GlueFunction, GlueImports } from './package-glue.ts';
import { createPatternGuards, patternCounter, patternGuardNames, patternQuestionNames } from './pattern-guards.ts';
import { createReusePool } from './reuse-pool.ts';
import { createTextCache } from './text-cache.ts';

/** The exports of the engine's module that the host needs. */
interface EngineExports {
  readonly memory: WebAssembly.Memory;
  readonly __wbindgen_externrefs: WebAssembly.Table;
  readonly __externref_table_alloc_command_export: () => number;
  readonly __externref_table_dealloc_command_export: (index: number) => void;
  readonly __wbindgen_destroy_closure_command_export: (a: number, b: number) => void;
}

const neededExports = [
  'memory',
  '__wbindgen_externrefs',
  '__externref_table_alloc_command_export',
  '__externref_table_dealloc_command_export',
  '__wbindgen_destroy_closure_command_export',
  'scanner_scan',
  'scanner_setGlobal',
  'rules_scan',
  'compiler_build',
  '__wbg_rules_free',
  '__wbg_scanner_free',
] as const;
/** Calls a closure of the engine; wasm-bindgen writes the closure's type into the name. */
const invokeExport = /^wasm_bindgen_\w+closures_____invoke_/;

/**
 * The JavaScript between the engine and the conditions of rules.
 *
 * YARA-X compiles the conditions of a ruleset to a separate WebAssembly module. For each scan (and
 * for each variable that is set), it makes a scanner: a memory, three globals, some 200 closures,
 * and a module and an instance from the same bytes as before. The host makes each of these once and
 * reuses them. Only the closures, which point into the scanner, are new each time. Native YARA-X
 * works the same way: there, one scanner scans many files with one instance.
 */
export interface ConditionHost {
  /** Functions for the engine that replace those of the same names. */
  readonly imports: GlueImports;
  /**
   * Exports for the package's JavaScript that replace those of the same names, once the engine
   * exists.
   */
  wrapExports(exports: WebAssembly.Exports): Record<string, unknown>;
}

/** A function that conditions import, and its closure in the current scanner. */
interface ConditionCall {
  readonly namespace: string;
  readonly name: string;
  closure: unknown;
}

interface ConditionInstance {
  /** The memory and globals it was made with; a different set needs a different instance. */
  readonly parts: readonly unknown[];
  readonly calls: readonly ConditionCall[];
  readonly instance: WebAssembly.Instance;
}

/** Memory and globals that conditions share with a scanner. */
const stateNames = ['main_memory', 'filesize', 'pattern_search_done', 'matching_patterns_bitmap_base'] as const;
/**
 * Maximum number of cached condition modules: one for each ruleset in the instance, and rarely more
 * than one.
 */
const keptModules = 4;

/**
 * @param glue the functions of the package's JavaScript
 * @param exportNames of the engine's module
 * @param remedies records what could not be done, and why
 * @param matchLimit is notified if conditions reach the limit
 */
export function createConditionHost(
  glue: GlueImports,
  exportNames: readonly string[],
  remedies: Remedies,
  matchLimit: MatchLimit,
): ConditionHost {
  let engine: EngineExports | undefined;
  let invoke: GlueFunction = () => undefined;
  let memoryView = new Uint8Array(0);
  const replaced: GlueImports = {};

  const exported = (): EngineExports => {
    if (engine === undefined) throw new Error('The engine called before it was started.');
    return engine;
  };
  const engineMemory = (): Uint8Array => {
    const { buffer } = exported().memory;
    if (memoryView.buffer !== buffer) memoryView = new Uint8Array(buffer);
    return memoryView;
  };

  /**
   * The known parts of an engine closure. The one made by wasm-bindgen would cost ten times as
   * much.
   */
  class HostClosure {
    #a: number;
    readonly #b: number;
    constructor(a: number, b: number) {
      this.#a = a;
      this.#b = b;
    }
    call(a0: unknown, a1: unknown, a2: unknown, a3: unknown): unknown {
      return invoke(this.#a, this.#b, narrow(a0), narrow(a1), narrow(a2), narrow(a3));
    }
    unref(): void {
      if (this.#a === 0) return;
      exported().__wbindgen_destroy_closure_command_export(this.#a, this.#b);
      this.#a = 0;
    }
  }

  // Made once and reused in the order of creation within each call of the engine. The engine writes
  // the whole memory before the conditions run, so none needs clearing.
  const memories = createReusePool(
    (descriptor: WebAssembly.MemoryDescriptor) => new WebAssembly.Memory({ ...descriptor }),
  );
  const globals = createReusePool(
    (descriptor: WebAssembly.GlobalDescriptor) =>
      new WebAssembly.Global({ ...descriptor }, descriptor.value === 'i64' ? 0n : 0),
  );
  const constants = new Map<string, WebAssembly.Global>();

  interface KeptModule {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly module: WebAssembly.Module;
    condition: ConditionInstance | undefined;
  }
  let kept: KeptModule[] = [];
  /**
   * Location of the bytes of the last requested module in the engine; they stay there until it
   * frees something.
   */
  let place: { readonly address: number; readonly length: number; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;

  let leaked: { readonly slot: number; readonly instance: WebAssembly.Instance } | undefined;
  let payload: { readonly address: WebAssembly.Global; readonly length: WebAssembly.Global } | undefined;
  let integerReaders: WebAssembly.Exports | undefined;

  const lists = createListSetter();
  /** Counts the matches of a pattern. */
  const counter: ConditionCall = { namespace: builtinNamespace, name: patternCounter, closure: undefined };
  let counted = new Set<unknown>();
  let scannedBytes = 0;

  /**
   * Records a pattern that a condition asks about and that has as many matches as the limit allows.
   * No two of them start at one offset.
   */
  function watchLimit(pattern: unknown): void {
    if (matchLimit.reached || scannedBytes < matchLimit.value || counted.has(pattern)) return;
    counted.add(pattern);
    if (!(counter.closure instanceof HostClosure)) throw new HostFailure('The engine counts no matches.');
    matchLimit.reached = Number(counter.closure.call(pattern, undefined, undefined, undefined)) >= matchLimit.value;
  }

  function copyOut(address: number, length: number): Uint8Array<ArrayBuffer> {
    if (place !== undefined && place.address === address && place.length === length) return place.bytes;
    const bytes = engineMemory().subarray(address >>> 0, (address >>> 0) + length);
    const known = kept.find((each) => each.bytes.length === length && Buffer.compare(each.bytes, bytes) === 0);
    if (known === undefined) return bytes.slice() as Uint8Array<ArrayBuffer>;
    place = { address, length, bytes: known.bytes };
    return known.bytes;
  }

  function moduleOf(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
    const known = kept.find((each) => each.bytes === bytes || Buffer.compare(each.bytes, bytes) === 0);
    if (known !== undefined) return known.module;
    const module = compileConditions(bytes);
    kept = [...kept, { bytes, module, condition: undefined }].slice(-keptModules);
    return module;
  }

  function instanceOf(module: WebAssembly.Module, imports: ConditionImports): WebAssembly.Instance {
    const keptModule = kept.find((each) => each.module === module);
    if (keptModule === undefined) throw new Error('These conditions are unknown to the host.');
    const state = own(imports, stateNamespace);
    const parts = stateNames.map((name) => own(state, name));
    if (keptModule.condition?.parts.every((part, index) => part === parts[index]) !== true) {
      keptModule.condition = link(module, parts, imports);
    }
    const { calls, instance } = keptModule.condition;
    for (const call of [...calls, counter]) call.closure = imports[call.namespace]?.[call.name];
    noteLeak(instance);
    return instance;
  }

  /**
   * `@virustotal/yara-x` 1.20 forgets the reference to an instance when it drops a scanner. Its
   * slot is the one that the table of references assigns next. So it is known here, and is freed
   * once the scanner is gone.
   */
  function noteLeak(instance: WebAssembly.Instance): void {
    const { __externref_table_alloc_command_export: alloc, __externref_table_dealloc_command_export: dealloc } =
      exported();
    const slot = alloc();
    dealloc(slot);
    leaked = { slot, instance };
  }

  function freeLeak(): void {
    if (leaked === undefined) return;
    const { slot, instance } = leaked;
    leaked = undefined;
    const { __wbindgen_externrefs: table, __externref_table_dealloc_command_export: dealloc } = exported();
    if (table.get(slot) === instance) dealloc(slot);
  }

  /**
   * Makes an instance. Its imports outlive the scanner: each call goes to the closure of the
   * current scanner.
   */
  function link(module: WebAssembly.Module, parts: readonly unknown[], imports: ConditionImports): ConditionInstance {
    const calls: ConditionCall[] = [];
    const linked = bare<Record<string, unknown>>();
    linked[stateNamespace] = bare();
    for (const [index, name] of stateNames.entries()) linked[stateNamespace][name] = parts[index];
    for (const { module: namespace, name, kind } of WebAssembly.Module.imports(module)) {
      if (kind !== 'function') continue;
      if (!(own(own(imports, namespace), name) instanceof HostClosure))
        throw new HostFailure(`The scanner has no function ${name} for conditions.`);
      const call: ConditionCall = { namespace, name, closure: undefined };
      calls.push(call);
      linked[namespace] ??= bare();
      const isOfPattern = patternQuestionNames.has(name);
      linked[namespace][name] = (a0: unknown, a1: unknown, a2: unknown, a3: unknown) => {
        if (!(call.closure instanceof HostClosure)) throw new HostFailure(`The engine has no function ${name}.`);
        if (isOfPattern) watchLimit(a0);
        return call.closure.call(a0, a1, a2, a3);
      };
    }
    useFastImports(linked);
    return { parts, calls, instance: instantiateConditions(module, linked) };
  }

  function useFastImports(result: Record<string, Record<string, unknown>>): void {
    const builtins = result[builtinNamespace];
    const state = result[stateNamespace];
    if (builtins === undefined || state === undefined) return;
    if (integerReaders !== undefined) {
      for (const name of integerReaderNames) if (name in builtins) builtins[name] = integerReaders[name];
    }
    const { main_memory: memory, matching_patterns_bitmap_base: bitmap } = state;
    if (!(memory instanceof WebAssembly.Memory) || !(bitmap instanceof WebAssembly.Global)) {
      remedies.off('hot-imports', 'conditions have no memory or bitmap under the known names');
      return;
    }
    const missing = () => {
      throw new Error('The condition does not import this function.');
    };
    const ask = Object.fromEntries([...patternGuardNames].map((name) => [name, builtins[name] ?? missing]));
    const guards = createPatternGuards({ memory, bitmap }, ask);
    for (const name of patternGuardNames) if (name in builtins) builtins[name] = guards[name];
  }

  function globalOf(descriptor: WebAssembly.GlobalDescriptor, value: unknown): WebAssembly.Global {
    if (descriptor.mutable === true) {
      const global = globals.next(descriptor);
      global.value = value;
      return global;
    }
    const key = `${descriptor.value} ${String(value)}`;
    const known = constants.get(key) ?? new WebAssembly.Global({ ...descriptor }, value);
    constants.set(key, known);
    return known;
  }

  /** Called before each call that makes scanners: objects of earlier ones are free again. */
  function begin(): void {
    counted = new Set();
    lists.restart();
    memories.restart();
    globals.restart();
  }

  const keepConditions = (): boolean => {
    const found = {
      copyOut: findImport(glue, /const ret = new Uint8Array\(getArrayU8FromWasm0\(arg0, arg1\)\);\s+return ret;/),
      module: findImport(glue, /const ret = new WebAssembly\.Module\(arg0\);\s+return ret;/),
      instance: findImport(glue, /const ret = new WebAssembly\.Instance\(arg0, arg1\);\s+return ret;/),
      memory: findImport(glue, /const ret = new WebAssembly\.Memory\(arg0\);\s+return ret;/),
      global: findImport(glue, /const ret = new WebAssembly\.Global\(arg0, arg1\);\s+return ret;/),
      closure: findImport(glue, /const ret = makeMutClosure\(arg0, arg1, \w+\);\s+return ret;/),
      unref: findImport(glue, /^\s*function\s*\(arg0\) \{\s+arg0\._wbg_cb_unref\(\);\s+\}$/),
    };
    const unknown = Object.entries(found).filter(([, name]) => name === null);
    const missing = neededExports.filter((name) => !exportNames.includes(name));
    const invokes = exportNames.filter((name) => invokeExport.test(name));
    if (unknown.length + missing.length > 0 || invokes.length !== 1) {
      const names = [
        ...unknown.map(([what]) => `one function for "${what}"`),
        ...missing,
        ...(invokes.length === 1 ? [] : ['one export that invokes closures']),
      ];
      remedies.off('conditions', `the engine package was expected to have: ${names.join(', ')}`);
      return false;
    }
    const put = (name: string | null, replacement: GlueFunction): void => {
      if (name === null) return;
      // The function of the package must not be a way around: it would do what was refused here.
      replaced[name] = (...values) => {
        try {
          return replacement(...values);
        } catch (error) {
          if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) throw error;
          throw new HostFailure(messageOf(error), error);
        }
      };
    };
    put(found.copyOut, copyOut);
    put(found.module, moduleOf);
    put(found.instance, instanceOf);
    put(found.memory, (descriptor) => memories.next(descriptor));
    put(found.global, globalOf);
    put(found.closure, (a, b) => new HostClosure(a, b));
    put(found.unref, (closure: HostClosure) => closure.unref());
    return true;
  };
  const keeps = keepConditions();
  matchLimit.watched = keeps;
  const setElement = findImport(glue, /^\s*function\s*\(arg0, arg1, arg2\) \{\s+arg0\[arg1 >>> 0\] = arg2;\s+\}$/);
  if (setElement === null) remedies.off('reported-matches', 'no single function sets the elements of lists');
  else replaced[setElement] = lists.set;
  if (keeps) {
    // Most texts that the engine passes are the names of the same imports.
    const textImport = findImport(glue, /const ret = getStringFromWasm0\(arg0, arg1\);\s+return ret;/);
    if (textImport !== null) replaced[textImport] = createTextCache(engineMemory, glue[textImport] as GlueFunction);
  }

  function wrapExports(exports: WebAssembly.Exports): Record<string, unknown> {
    const wrapped: Record<string, unknown> = { ...exports };
    if (!keeps) return wrapped;
    engine = exports as unknown as EngineExports;
    invoke = exports[exportNames.find((name) => invokeExport.test(name)) ?? ''] as GlueFunction;
    payload = {
      address: new WebAssembly.Global({ value: 'i32', mutable: true }, 0),
      length: new WebAssembly.Global({ value: 'i32', mutable: true }, 0),
    };
    integerReaders = createIntegerReaders(exported().memory, payload);
    const around = (name: string, before: GlueFunction): void => {
      const original = exports[name] as GlueFunction;
      wrapped[name] = (...values: unknown[]) => {
        before(...values);
        const result = original(...values);
        freeLeak();
        return result;
      };
    };
    for (const name of ['scanner_scan', 'rules_scan']) {
      around(name, (_self: number, address: number, length: number) => {
        begin();
        scannedBytes = length;
        if (payload === undefined) return;
        payload.address.value = address;
        payload.length.value = length;
      });
    }
    around('scanner_setGlobal', begin);
    const forget = () => {
      place = undefined;
    };
    for (const name of ['compiler_build', '__wbg_rules_free', '__wbg_scanner_free']) around(name, forget);
    return wrapped;
  }

  return { imports: replaced, wrapExports };
}

/**
 * The engine takes a Number directly; it turns a BigInt into decimal digits and parses them again.
 */
function narrow(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The one import with this source; null if there is none, or several. */
function findImport(glue: GlueImports, source: RegExp): string | null {
  const found = Object.entries(glue).filter(([, each]) => source.test(String(each)));
  return found.length === 1 ? (found[0]?.[0] ?? null) : null;
}
