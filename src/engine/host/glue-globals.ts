import { compileConditions, instantiateConditions } from './condition-module.ts';
import { print } from './console-output.ts';
import { HostFailure } from './host-failure.ts';

/**
 * The globals that the package's JavaScript sees.
 *
 * It is glue of wasm-bindgen: it gives the engine the means to look up any property of any value, to call any function, and to make modules and instances.
 * An engine whose memory came from a file does with them whatever that file says, and from any ordinary object it is two look-ups to `Function`. So the glue sees
 * no global object but one with a console, makes objects without a prototype, and looks up properties only of such objects.
 */
export interface GlueGlobals {
  /** By name. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Lets the glue make an instance of this module, which is the engine and no condition. */
  trustModule(module: WebAssembly.Module): void;
  /** While it runs, the glue takes every number for a float. */
  withFloats(run: () => void): void;
}

/** Objects of the glue: what they inherit from has nothing. They are as fast as ordinary ones; those without any prototype are not. */
class BareObject {}
const bare: object = BareObject.prototype;
Reflect.deleteProperty(bare, 'constructor');
Object.setPrototypeOf(bare, null);
Object.freeze(bare);

/** What the glue knows as `Object`. */
function GlueObject(): object {
  return new BareObject();
}
GlueObject.prototype = Object.prototype;
GlueObject.create = Object.create;
GlueObject.entries = Object.entries;
GlueObject.getPrototypeOf = Object.getPrototypeOf;

/** What the glue knows as `Reflect`. */
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
  throw new HostFailure('The engine reaches for a property of something that it did not make.');
}

function text(key: unknown): string {
  if (typeof key === 'string') return key;
  throw new HostFailure('The engine reaches for a property without a name.');
}

/** Rules print through it, and whatever else the glue has to say. */
const glueConsole = nothingBut({ log: print, info: print, warn: print, error: print, debug: print });
const glueGlobal = nothingBut({ console: glueConsole });

function nothingBut(properties: Readonly<Record<string, unknown>>): object {
  return Object.freeze(Object.assign(Object.create(null), properties));
}

/** Globals for one evaluation of the glue. */
export function createGlueGlobals(): GlueGlobals {
  let trusted: WebAssembly.Module | undefined;
  let areFloats = false;
  // Asked for values of external variables only: which of the engine's two kinds of numbers they are.
  const glueNumber = nothingBut({ isSafeInteger: (value: unknown) => !areFloats && Number.isSafeInteger(value) });
  const { Memory, Global, Table, RuntimeError } = WebAssembly;
  const glueWebAssembly = nothingBut({
    ...{ Memory, Global, Table, RuntimeError },
    // Still what `instanceof` is asked for.
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
