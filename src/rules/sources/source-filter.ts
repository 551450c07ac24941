import { isExcluded } from '../../domain/objects/exclude.ts';
import { fitsName } from '../../domain/text/wildcard.ts';
import type { RuleSourceConfig } from './source-config.ts';

/**
 * Returns whether a source takes a file of its repository.
 * @param path from the top of the repository, with `/`
 */
export function takesFile({ files }: Pick<RuleSourceConfig, 'files'>, path: string): boolean {
  return (files.include.length === 0 || isExcluded(files.include, path)) && !isExcluded(files.exclude, path);
}

/** Returns whether a source takes a rule. Case matters. */
export function takesRule(
  { rules, tags }: Pick<RuleSourceConfig, 'rules' | 'tags'>,
  rule: { readonly name: string; readonly tags: readonly string[] },
): boolean {
  const names = [rule.name];
  return (
    (rules.include.length === 0 || fitsAny(rules.include, names)) &&
    !fitsAny(rules.exclude, names) &&
    (tags.include.length === 0 || fitsAny(tags.include, rule.tags)) &&
    !fitsAny(tags.exclude, rule.tags)
  );
}

function fitsAny(patterns: readonly string[], texts: readonly string[]): boolean {
  return patterns.some((pattern) => texts.some((text) => fitsName(pattern, text)));
}
