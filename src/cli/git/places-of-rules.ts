import path from 'node:path';
import { maxSettingsBytes, readTextFile } from '../../files/read-regular-file.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { repositoryPath } from './repository-path.ts';

/** A place in the repository; the column is 0. */
interface RulePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Finds rules in the files of a rules folder. Each file is read once. A rule that its file does not
 * have, for example because it includes it, is absent.
 * @param rules by their `namespace:name`
 */
export async function placesOfRules(
  context: Pick<CliContext, 'cwd' | 'env'>,
  { rulesDir }: Pick<GlobalOptions, 'rulesDir'>,
  rules: readonly string[],
): Promise<ReadonlyMap<string, RulePlace>> {
  const places = new Map<string, RulePlace>();
  for (const namespace of new Set(rules.map((rule) => rule.slice(0, rule.lastIndexOf(':'))))) {
    const file = path.resolve(context.cwd, rulesDir, namespace);
    // The rules have been loaded: a file that is gone by now costs a link, not the command.
    const source = await readTextFile(file, { maxBytes: maxSettingsBytes }).catch(() => '');
    for (const { name, line } of parseSource(source).rules) {
      places.set(`${namespace}:${name}`, { file: repositoryPath(context, file), line, column: 0 });
    }
  }
  return places;
}
