/**
 * The part of WebAssembly's JavaScript API that the engine uses. Node has it, but only TypeScript's `dom` library
 * declares it, and with that library every browser global would pass the type check.
 */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  var Module: {
    prototype: Module;
    new (bytes: ArrayBuffer | ArrayBufferView<ArrayBuffer>): Module;
  };

  interface Memory {
    readonly buffer: ArrayBuffer;
  }

  interface Table {
    readonly length: number;
  }

  interface RuntimeError extends Error {}
  var RuntimeError: {
    prototype: RuntimeError;
    new (message?: string): RuntimeError;
  };
}
