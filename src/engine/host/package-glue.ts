import { compileFunction } from 'node:vm';
import type * as installed from '@virustotal/yara-x';
import { RearviewError } from '../../domain/errors.ts';
import { createGlueGlobals } from './glue-globals.ts';

/** The JavaScript side of the engine package: `Compiler`, `Rules`, `Scanner`. */
export type YaraApi = Pick<typeof installed, 'Compiler' | 'Rules' | 'Scanner'> & {
  initSync(from: { readonly module: WebAssembly.Module }): installed.InitOutput;
  /**
   * Runs a call that passes numbers, and makes the engine take each for a float, even one without a
   * fraction.
   */
  withFloats(run: () => void): void;
};

/** A function that the package's JavaScript passes to its WebAssembly module. */
// biome-ignore lint/suspicious/noExplicitAny: they take and give whatever WebAssembly passes
export type GlueFunction = (...values: any[]) => unknown;
export type GlueImports = Record<string, GlueFunction>;

/** One evaluation of the package's JavaScript, which makes one instance of the engine. */
export interface PackageGlue {
  readonly api: YaraApi;
  /**
   * Null if the package does not look as expected: then only `api.initSync` can start the engine.
   */
  readonly start: null | {
    /** By module name, then by function name. */
    imports(): Record<string, GlueImports>;
    /** Passes the exports to the package's JavaScript and runs the module's start function. */
    finish(instance: WebAssembly.Instance, module: WebAssembly.Module): void;
  };
}

/**
 * Evaluates the package's JavaScript again. As a module, the package has one instance of the engine
 * per thread, for the lifetime of the thread. Here, each ruleset has its own instance, and its
 * memory is freed with it. It sees only the globals of `glue-globals.ts`.
 * @param source of `yara_x_js.js`, the output of wasm-bindgen for the target `web`
 * @throws RearviewError `ERR_CONFIG` if the source is of another kind
 */
export function evaluateGlue(source: string): PackageGlue {
  const body = source
    .replace(/^export (?=class |function )/gm, '')
    .replace(/^export \{[^}]*\};?$/gm, '')
    // Only the asynchronous start, which is not used, needs the location of the module.
    .replaceAll('import.meta.url', 'undefined');
  const result = `
    const optional = (get) => { try { return get(); } catch { return undefined; } };
    return {
      Compiler, Rules, Scanner, initSync,
      imports: optional(() => __wbg_get_imports),
      finish: optional(() => __wbg_finalize_init),
    };`;
  const globals = createGlueGlobals();
  let evaluated: Omit<YaraApi, 'withFloats'> & { readonly imports: unknown; readonly finish: unknown };
  try {
    evaluated = compileFunction(body + result, [...globals.values.keys()])(...globals.values.values());
  } catch (cause) {
    throw new RearviewError(
      'ERR_CONFIG',
      'The JavaScript of the package @virustotal/yara-x is of an unknown kind. Install the version in package-lock.json: npm ci.',
      { cause },
    );
  }
  const { imports, finish, ...given } = evaluated;
  const api: YaraApi = {
    ...given,
    withFloats: globals.withFloats,
    initSync(from) {
      globals.trustModule(from.module);
      return given.initSync(from);
    },
  };
  const canStart = typeof imports === 'function' && typeof finish === 'function' && finish.length === 2;
  return {
    api,
    start: canStart
      ? {
          imports: imports as () => Record<string, GlueImports>,
          finish: finish as (i: WebAssembly.Instance, m: WebAssembly.Module) => void,
        }
      : null,
  };
}
