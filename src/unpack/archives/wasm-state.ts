/** The memory that instances may take together beyond what each starts with, in bytes. */
export interface MemoryBudget {
  left: number;
}

/** The state of a WebAssembly instance of Emscripten. */
export interface WasmState {
  /** Bytes that the memory has grown by. It never shrinks. */
  grownBytes(): number;
  /**
   * Makes the instance as it was when this was called first. A program that ends leaves the stack
   * where it was, and one that failed may leave anything: the next archive must not see it.
   */
  reset(): void;
  /** Gives the memory back to the budget. */
  release(): void;
}

const pageBytes = 65_536;

export function watchWasmState(exports: WebAssembly.Exports, budget: MemoryBudget): WasmState {
  const memory = Object.values(exports).find((each) => each instanceof WebAssembly.Memory);
  const { emscripten_stack_get_current: stackNow, _emscripten_stack_restore: restoreStack } = exports;
  if (memory === undefined || typeof stackNow !== 'function' || typeof restoreStack !== 'function') {
    throw new Error('The exports of 7-Zip are not those of the version that is known.');
  }
  let grown = 0;
  let first: { readonly bytes: Buffer; readonly stack: number } | undefined;

  const grow = memory.grow.bind(memory);
  Object.defineProperty(memory, 'grow', {
    value: (pages: number) => {
      const bytes = pages * pageBytes;
      // 7-Zip takes it as a lack of memory.
      if (bytes > budget.left) throw new RangeError('7-Zip may not use more memory.');
      const before = grow(pages);
      grown += bytes;
      budget.left -= bytes;
      return before;
    },
  });

  return {
    grownBytes: () => grown,
    reset() {
      const all = Buffer.from(memory.buffer);
      if (first === undefined) {
        first = { bytes: Buffer.from(all.subarray(0, usedBytes(all))), stack: stackNow() };
        return;
      }
      all.set(first.bytes);
      // Most archives use a small part, and reading zeros is many times as fast as writing them.
      all.fill(0, first.bytes.length, Math.max(first.bytes.length, usedBytes(all)));
      restoreStack(first.stack);
    },
    release() {
      budget.left += grown;
      grown = 0;
    },
  };
}

const zeros = Buffer.alloc(pageBytes);

/** Where the zeros begin that memory ends with. */
function usedBytes(all: Buffer): number {
  let end = all.length;
  while (end >= pageBytes && all.subarray(end - pageBytes, end).equals(zeros)) end -= pageBytes;
  return end;
}
