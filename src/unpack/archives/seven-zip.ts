import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type BoxHandler, type EmscriptenFs, mountBox } from './box.ts';

/**
 * 7-Zip as WebAssembly. One call runs at a time; a call inside a callback of another needs another
 * instance.
 */
export interface SevenZip {
  /**
   * Extracts an archive. What `handler` throws ends the call and is thrown; the instance is then
   * `dead`, as after a trap.
   * @param type 7-Zip's name of the format, such as `zip`
   * @param password "" for none
   */
  extract(content: Uint8Array, type: string, password: string, handler: ArchiveHandler): void;
  readonly busy: boolean;
  /** Whether the instance must not be used again. */
  readonly dead: boolean;
}

export interface ArchiveHandler extends BoxHandler {
  /** A line that 7-Zip prints. Errors about a member come after its `close`, before the next `open`. */
  line(text: string): void;
}

/** Most memory of one instance in bytes. Large dictionaries of LZMA need much. */
const maxMemoryBytes = 512 * 1024 * 1024;
const pageBytes = 65_536;

interface Module {
  readonly FS: EmscriptenFs;
  callMain(args: readonly string[]): number;
}

type Factory = (options: Record<string, unknown>) => Promise<Module>;

let compiled: { readonly module: WebAssembly.Module; readonly factory: Factory } | undefined;

/** Starts an instance: some 10 ms for the first of a thread, then 2 ms. */
export async function startSevenZip(): Promise<SevenZip> {
  compiled ??= await loadModule();
  const { module, factory } = compiled;
  let handler: ArchiveHandler | undefined;
  const print = (text: string) => handler?.line(text);
  const { FS, callMain } = await outsideOfNode(() =>
    factory({
      instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
        const instance = new WebAssembly.Instance(module, imports);
        for (const each of Object.values(instance.exports)) if (each instanceof WebAssembly.Memory) boundMemory(each);
        done(instance);
        return instance.exports;
      },
      print,
      printErr: print,
      stdin: () => null,
      // Its code and messages are in what it prints.
      quit: () => undefined,
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
      handler = given;
      box.open(content, given);
      try {
        callMain(['x', `-t${type}`, `-p${password}`, '-y', '-aoa', '-bd', '-bb0', `-o${box.outFolder}`, box.inFile]);
      } catch (error) {
        dead = true;
        throw error;
      } finally {
        box.close();
        handler = undefined;
        busy = false;
      }
    },
  };
}

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

function boundMemory(memory: WebAssembly.Memory): void {
  const grow = memory.grow.bind(memory);
  Object.defineProperty(memory, 'grow', {
    value: (pages: number) => {
      if (memory.buffer.byteLength + pages * pageBytes > maxMemoryBytes) {
        throw new RangeError(`7-Zip may not use more than ${maxMemoryBytes} bytes.`);
      }
      return grow(pages);
    },
  });
}
