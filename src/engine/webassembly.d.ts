/**
 * The part of WebAssembly's JavaScript API that is used here. Node has it, but only TypeScript's
 * `dom` library declares it, and with that library every browser global would pass the type check.
 */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  var Module: {
    prototype: Module;
    new (bytes: ArrayBuffer | ArrayBufferView<ArrayBuffer>): Module;
    imports(module: Module): { readonly module: string; readonly name: string; readonly kind: string }[];
    exports(module: Module): { readonly name: string; readonly kind: string }[];
  };

  /** A function of a WebAssembly instance. */
  type ExportedFunction = (...values: readonly unknown[]) => unknown;
  type Exports = Readonly<Record<string, unknown>>;
  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

  interface Instance {
    readonly exports: Exports;
  }
  var Instance: {
    prototype: Instance;
    new (module: Module, imports?: Imports): Instance;
  };

  interface MemoryDescriptor {
    /** In pages of 64 KiB. */
    readonly initial: number;
    readonly maximum?: number;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    /** Returns the previous size, in pages of 64 KiB. */
    grow(pages: number): number;
  }
  var Memory: {
    prototype: Memory;
    new (descriptor: MemoryDescriptor): Memory;
  };

  interface GlobalDescriptor {
    readonly value: string;
    readonly mutable?: boolean;
  }
  interface Global {
    value: unknown;
  }
  var Global: {
    prototype: Global;
    new (descriptor: GlobalDescriptor, value?: unknown): Global;
  };

  interface Table {
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value: unknown): void;
    grow(count: number): number;
  }
  var Table: {
    prototype: Table;
    new (descriptor: { readonly element: string; readonly initial: number }): Table;
  };

  interface RuntimeError extends Error {}
  var RuntimeError: {
    prototype: RuntimeError;
    new (message?: string): RuntimeError;
  };
}
