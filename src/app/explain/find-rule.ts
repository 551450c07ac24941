import { RearviewError } from '../../domain/errors.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { nameHint } from '../../domain/text/near-names.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import type { ParsedRule, ParsedSource } from '../../rules/syntax/syntax.ts';

/** A rule and the file that it is in. */
export interface FoundRule<File extends RuleSource = RuleSource> {
  readonly file: File;
  readonly parsed: ParsedSource;
  readonly rule: ParsedRule;
}

/**
 * Finds the rule that a person named: `Name`, or `path/of/file.yar:Name`, where the path may also be
 * a longer one that ends with the path of the file below the rules folder.
 * @throws RearviewError `ERR_USAGE` where none or several have the name
 */
export function findRule<File extends RuleSource>(files: readonly File[], named: string): FoundRule<File> {
  const colon = named.lastIndexOf(':');
  const name = named.slice(colon + 1);
  const path = colon < 0 ? null : named.slice(0, colon).replaceAll('\\', '/');
  const isOfPath = ({ namespace }: File) => path === null || path === namespace || path.endsWith(`/${namespace}`);
  // Most files do not have the name at all, so they need not be parsed.
  const found = files
    .filter((file) => isOfPath(file) && file.source.includes(name))
    .flatMap((file) => {
      const parsed = parseSource(file.source, file.namespace);
      return parsed.rules.filter((rule) => rule.name === name).map((rule) => ({ file, parsed, rule }));
    });
  const [first, second] = found;
  if (first === undefined) throw unknownRule(files, named, path === null ? () => true : isOfPath);
  if (second === undefined) return first;
  throw new RearviewError('ERR_USAGE', [
    `Several rules are named "${name}": name the file too.`,
    ...found.map(({ file }) => `  ${file.namespace}:${name}`),
  ]);
}

function unknownRule<File extends RuleSource>(
  files: readonly File[],
  named: string,
  isOfPath: (file: File) => boolean,
): RearviewError {
  const inPath = files.filter(isOfPath);
  const ids = (inPath.length === 0 ? files : inPath).flatMap(({ namespace, source }) =>
    parseSource(source, namespace).rules.map(({ name }) => `${namespace}:${name}`),
  );
  const [first, ...names] = nameHint(named, ids, 'There are no rules.');
  return new RearviewError('ERR_USAGE', [`Unknown rule "${named}". ${first}`, ...names]);
}
