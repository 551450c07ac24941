import { compileConditions, instantiateConditions } from './condition-module.ts';
import { print } from './console-output.ts';
import { HostFailure } from './host-failure.ts';

/**
 * The globals that the package's JavaScript sees.
 *
 * It is glue of wasm-bindgen. It lets the engine look up any property of any value, call any
 * function, and make modules and instances. An engine whose memory came from a file uses these as
 * the file dictates, and from any ordinary object it is two lookups to `Function`. Therefore the
 * glue sees no global object except one with a console, makes objects without a prototype, and
 * looks up properties only of such objects.
 */
export interface GlueGlobals {
  /** By name. */
  readonly values: ReadonlyMap<string, unknown>;
  /**
   * Allows the glue to make an instance of this module, which is the engine and not a condition.
   */
  trustModule(module: WebAssembly.Module): void;
  /** While it runs, the glue takes every number for a float. */
  withFloats(run: () => void): void;
}

/**
 * Objects of the glue: they inherit from an empty object. They are as fast as ordinary ones;
 * objects without any prototype are not.
 */
class BareObject {}
const bare: object = BareObject.prototype;
Reflect.deleteProperty(bare, 'constructor');
Object.setPrototypeOf(bare, null);
Object.freeze(bare);

/** The glue's `Object`. */
function GlueObject(): object {
  return new BareObject();
}
GlueObject.prototype = Object.prototype;
GlueObject.create = Object.create;
GlueObject.entries = Object.entries;
GlueObject.getPrototypeOf = Object.getPrototypeOf;

/** The glue's `Reflect`. */
const glueReflect = Object.freeze({
  get(target: unknown, key: unknown): unknown {
    return bareObject(target)[text(key)];
  },
  set(target: unknown, key: unknown, value: unknown): boolean {
    return Reflect.set(bareObject(target), text(key), value);
  },
});

function bareObject(target: unknown): Record<string, unknown> {
  if (typeof target === 'object' && target !== null) {
    const prototype = Object.getPrototypeOf(target);
    if (prototype === bare || prototype === null) return target as Record<string, unknown>;
  }
  throw new HostFailure('The engine looked up a property of a value that it did not make.');
}

function text(key: unknown): string {
  if (typeof key === 'string') return key;
  throw new HostFailure('The engine looked up a property without a name.');
}

/** Rules print through it, and so does the glue itself. */
const glueConsole = nothingBut({ log: print, info: print, warn: print, error: print, debug: print });
const glueGlobal = nothingBut({ console: glueConsole });

function nothingBut(properties: Readonly<Record<string, unknown>>): object {
  return Object.freeze(Object.assign(Object.create(null), properties));
}

/** Globals for one evaluation of the glue. */
export function createGlueGlobals(): GlueGlobals {
  let trusted: WebAssembly.Module | undefined;
  let areFloats = false;
  // Used only for values of external variables: which of the engine's two kinds of numbers they
  // are.
  const glueNumber = nothingBut({ isSafeInteger: (value: unknown) => !areFloats && Number.isSafeInteger(value) });
  const { Memory, Global, Table, RuntimeError } = WebAssembly;
  const glueWebAssembly = nothingBut({
    ...{ Memory, Global, Table, RuntimeError },
    // `instanceof` still needs it.
    Module: new Proxy(WebAssembly.Module, { construct: (_, [bytes]) => compileConditions(bytes) }),
    Instance: new Proxy(WebAssembly.Instance, {
      construct: (_, [module, imports]) =>
        module === trusted ? new WebAssembly.Instance(module, imports) : instantiateConditions(module, imports),
    }),
  });
  return {
    values: new Map<string, unknown>([
      ['WebAssembly', glueWebAssembly],
      ['Reflect', glueReflect],
      ['Object', GlueObject],
      ['console', glueConsole],
      ['Number', glueNumber],
      ['globalThis', glueGlobal],
      ...['global', 'self', 'window'].map((name) => [name, undefined] as const),
    ]),
    trustModule: (module) => {
      trusted = module;
    },
    withFloats: (run) => {
      areFloats = true;
      try {
        run();
      } finally {
        areFloats = false;
      }
    },
  };
}
