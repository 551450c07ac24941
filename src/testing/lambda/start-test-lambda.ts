import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Teardown } from '../teardown.ts';
import { tempFolder } from '../temp-folder.ts';
import type { FunctionOptions } from './function-options.ts';
import { type LambdaOptions, type LocalLambda, startLambda } from './start-lambda.ts';

/** A handler of `fixtures/`. */
export function fixture(name: string): URL {
  return new URL(`./fixtures/${name}.ts`, import.meta.url);
}

/** A runtime that goes with the test. */
export async function startTestLambda(
  t: Teardown,
  functions: Readonly<Record<string, FunctionOptions>>,
  options: Omit<LambdaOptions, 'functions'> = {},
): Promise<LocalLambda> {
  const lambda = await startLambda({ functions, ...options });
  t.teardown(() => lambda.stop());
  return lambda;
}

/** A file to which handlers write lines. It outlives them. */
export function createJournal(t: Teardown): { readonly path: string; lines(): readonly string[] } {
  const path = join(tempFolder(t), 'journal');
  const lines = () => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []);
  return { path, lines };
}
