import { messageOf } from '../../domain/errors.ts';
import { bridgeName, writeBridge } from './condition-bridge.ts';
import {
  bare,
  type ConditionImports,
  compileConditions,
  instantiateConditions,
  stateNamespace,
} from './condition-module.ts';
import { engineManifest } from './engine-module.ts';
import { HostFailure } from './host-failure.ts';

/** What the engine's module imports to run conditions. */
export interface ConditionHost {
  readonly imports: Record<string, (...values: never[]) => unknown>;
  /** To be called once the engine runs, before it compiles or scans. */
  connect(exports: ConditionExports): void;
}

/** The engine's exports that conditions need. */
export interface ConditionExports {
  rearview_arguments(): number;
  rearview_call(index: number): void;
}

interface Compiled {
  readonly bytes: Uint8Array;
  readonly module: WebAssembly.Module;
}

/** Modules that were compiled last in this thread: an engine that starts again has the same. */
let recent: readonly Compiled[] = [];
const mostRecent = 4;

let bridge: { readonly address: number; readonly module: WebAssembly.Module } | undefined;

/** The module between conditions and engines, once per thread. */
function bridgeFor(address: number): WebAssembly.Module {
  if (bridge?.address !== address) {
    bridge = { address, module: new WebAssembly.Module(writeBridge(engineManifest().functions, address)) };
  }
  return bridge.module;
}

function compileCopy(bytes: Uint8Array<ArrayBuffer>): Compiled {
  return { bytes, module: compileConditions(bytes) };
}

/** Compiles, links and runs conditions for one engine, in the engine's own memory. */
export function createConditionHost(memory: WebAssembly.Memory): ConditionHost {
  const modules = createTable<WebAssembly.Module>();
  const instances = createTable<() => number>();
  const globals = createTable<WebAssembly.Global>();
  let functions: Record<string, Record<string, unknown>> = bare();

  function compile(address: number, length: number): number {
    const bytes = new Uint8Array(memory.buffer, address >>> 0, length >>> 0);
    const known = recent.find((each) => Buffer.compare(each.bytes, bytes) === 0);
    const compiled = known ?? compileCopy(bytes.slice());
    recent = [compiled, ...recent.filter((each) => each !== compiled)].slice(0, mostRecent);
    return modules.add(compiled.module);
  }

  function link(module: number, filesize: number, searchDone: number, bitmapBase: number): number {
    const imports: ConditionImports = {
      ...functions,
      [stateNamespace]: {
        main_memory: memory,
        filesize: globals.get(filesize),
        pattern_search_done: globals.get(searchDone),
        matching_patterns_bitmap_base: globals.get(bitmapBase),
      },
    };
    const { main } = instantiateConditions(modules.get(module), imports).exports;
    if (typeof main !== 'function') throw new HostFailure('The conditions have no main function.');
    return instances.add(main as () => number);
  }

  const imports: ConditionHost['imports'] = {
    condition_compile: guarded(compile),
    condition_drop: modules.remove,
    condition_link: guarded(link),
    condition_main: (instance: number) => instances.get(instance)(),
    condition_unlink: instances.remove,
    global_new: (isWide: number, isMutable: number, value: bigint) =>
      globals.add(
        isWide === 1
          ? new WebAssembly.Global({ value: 'i64', mutable: isMutable === 1 }, value)
          : new WebAssembly.Global({ value: 'i32', mutable: isMutable === 1 }, Number(value)),
      ),
    global_get: (global: number) => BigInt(globals.get(global).value as number | bigint),
    global_set: (global: number, value: bigint) => {
      const found = globals.get(global);
      found.value = typeof found.value === 'bigint' ? value : Number(value);
    },
    global_drop: globals.remove,
  };

  return {
    imports,
    connect({ rearview_arguments: address, rearview_call: call }) {
      const between = new WebAssembly.Instance(bridgeFor(address()), { engine: { memory, call } });
      functions = bare();
      for (const [index, [namespace, name]] of engineManifest().functions.entries()) {
        functions[namespace] ??= bare();
        functions[namespace][name] = between.exports[bridgeName(index)];
      }
    },
  };
}

/** Values by numbers from 1, which the engine keeps for them. */
function createTable<T>() {
  const values = new Map<number, T>();
  let last = 0;
  return {
    add(value: T): number {
      last += 1;
      values.set(last, value);
      return last;
    },
    get(id: number): T {
      const value = values.get(id);
      if (value === undefined) throw new HostFailure(`The host has nothing with the number ${id}.`);
      return value;
    },
    remove(id: number): void {
      values.delete(id);
    },
  };
}

/** Makes an error of the host a trap of the engine. */
function guarded<Values extends unknown[]>(work: (...values: Values) => number): (...values: Values) => number {
  return (...values) => {
    try {
      return work(...values);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) throw error;
      throw new HostFailure(messageOf(error), error);
    }
  };
}
