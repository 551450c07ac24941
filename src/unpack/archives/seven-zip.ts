import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type BoxHandler, type EmscriptenFs, mountBox } from './box.ts';
import { type MemoryBudget, type WasmState, watchWasmState } from './wasm-state.ts';

/**
 * 7-Zip as WebAssembly. One call runs at a time; a call inside a callback of another needs another
 * instance.
 */
export interface SevenZip {
  /**
   * Extracts an archive. What `handler` throws ends the call and is thrown. After a trap, the
   * instance is `dead`.
   * @param type 7-Zip's name of the format, such as `zip`
   * @param password "" for none
   */
  extract(content: Uint8Array, type: string, password: string, handler: ArchiveHandler): void;
  readonly busy: boolean;
  /** Whether the instance must not be used again. */
  readonly dead: boolean;
}

export interface ArchiveHandler extends BoxHandler {
  /** An error that 7-Zip prints. Those about a member come after its `close`, before the next `open`. */
  line(text: string): void;
}

/** An instance that grew beyond this is not used again, since its memory never shrinks. */
const maxKeptBytes = 64 * 1024 * 1024;

interface Module {
  readonly FS: EmscriptenFs;
  callMain(args: readonly string[]): number;
}

type Factory = (options: Record<string, unknown>) => Promise<Module>;

let compiled: { readonly module: WebAssembly.Module; readonly factory: Factory } | undefined;

/** Starts an instance: some 10 ms for the first of a thread, then 2 ms. */
export async function startSevenZip(budget: MemoryBudget): Promise<SevenZip> {
  compiled ??= await loadModule();
  const { module, factory } = compiled;
  let handler: ArchiveHandler | undefined;
  let state: WasmState | undefined;
  const { FS, callMain } = await outsideOfNode(() =>
    factory({
      instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
        const instance = new WebAssembly.Instance(module, imports);
        state = watchWasmState(instance.exports, budget);
        done(instance);
        return instance.exports;
      },
      print: () => undefined,
      printErr: (text: string) => handler?.line(text),
      stdin: () => null,
    }),
  );
  const box = mountBox(FS);
  let busy = false;
  let dead = false;
  return {
    get busy() {
      return busy;
    },
    get dead() {
      return dead;
    },
    extract(content, type, password, given) {
      if (busy || dead) throw new Error('This instance of 7-Zip cannot be used.');
      busy = true;
      const watched = watch(given);
      handler = watched.handler;
      state?.reset();
      box.open(content, watched.handler);
      // It sets the exit code of this process.
      const { exitCode } = process;
      try {
        callMain(['x', `-t${type}`, `-p${password}`, ...options, `-o${box.outFolder}`, box.inFile]);
        watched.check();
      } catch (error) {
        dead = error instanceof WebAssembly.RuntimeError;
        watched.check();
        throw error;
      } finally {
        process.exitCode = exitCode;
        box.close();
        if ((state?.grownBytes() ?? 0) > maxKeptBytes) dead = true;
        if (dead) state?.release();
        handler = undefined;
        busy = false;
      }
    },
  };
}

/**
 * Keeps what a handler throws: 7-Zip catches all exceptions in some places, and goes on. The handler
 * is not called again then.
 */
function watch(given: ArchiveHandler) {
  let thrown: { readonly error: unknown } | undefined;
  const check = (): void => {
    if (thrown !== undefined) throw thrown.error;
  };
  const watched =
    <Values extends unknown[], Result>(call: (...values: Values) => Result) =>
    (...values: Values): Result => {
      check();
      try {
        return call(...values);
      } catch (error) {
        thrown = { error };
        throw error;
      }
    };
  const handler: ArchiveHandler = {
    open: watched((name) => given.open(name)),
    grow: watched((bytes, soFar) => given.grow(bytes, soFar)),
    close: watched((name, bytes) => given.close(name, bytes)),
    folder: watched(() => given.folder()),
    tick: watched(() => given.tick()),
    line: watched((text) => given.line(text)),
  };
  return { handler, check };
}

/** It prints errors and nothing else: comments of archives could look like errors. */
const options = ['-y', '-aoa', '-bd', '-bb0', '-bso0'];

/**
 * Starts the package's JavaScript as in a place without files, processes and arguments, which it
 * would look for in Node. It decides that before its first `await`.
 */
function outsideOfNode<T>(start: () => T): T {
  const type = Object.getOwnPropertyDescriptor(process, 'type');
  Object.defineProperty(process, 'type', { value: 'renderer', configurable: true });
  try {
    return start();
  } finally {
    if (type === undefined) Reflect.deleteProperty(process, 'type');
    else Object.defineProperty(process, 'type', type);
  }
}

async function loadModule() {
  const require = createRequire(import.meta.url);
  const module = new WebAssembly.Module(readFileSync(require.resolve('7z-wasm/7zz.wasm')));
  const { default: factory } = (await import(pathToFileURL(require.resolve('7z-wasm/7zz.es6.js')).href)) as {
    readonly default: Factory;
  };
  return { module, factory };
}
