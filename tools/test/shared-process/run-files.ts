import { registerHooks } from 'node:module';
import { declareTests, loadFile } from './ava-of-files.ts';

/**
 * Runs test files in the process of the AVA entry that calls it.
 *
 * @param files - their URLs, by what is written before the titles of their tests
 */
export async function runFiles(files: Readonly<Record<string, string>>): Promise<void> {
  const shared = import.meta.resolve('./ava-of-files.ts');
  registerHooks({
    resolve: (specifier, context, next) => next(specifier === 'ava' ? shared : specifier, context),
  });
  for (const [title, url] of Object.entries(files)) await loadFile(title, () => import(url));
  declareTests();
}
