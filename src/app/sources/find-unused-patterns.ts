import { isExcluded } from '../../domain/objects/exclude.ts';
import { decodeRuleText } from '../../rules/rule-text.ts';
import type { RuleSourceConfig } from '../../rules/sources/source-config.ts';
import { unusedPatterns } from '../../rules/sources/unused-patterns.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import type { VendoredFile } from './vendored-folder.ts';

/** Returns the patterns of `rules` and `tags` of a source that fit nothing in its files, as sentences. */
export function findUnusedPatterns(source: RuleSourceConfig, files: readonly VendoredFile[]): readonly string[] {
  const { rules, tags } = source;
  if ([rules, tags].every(({ include, exclude }) => include.length + exclude.length === 0)) return [];
  const found = files.flatMap(({ path, content }) => parseSource(decodeRuleText(content, path).text).rules);
  return unusedPatterns(source, {
    names: new Set(found.map(({ name }) => name)),
    tags: new Set(found.flatMap((rule) => rule.tags)),
  });
}

/** Returns the patterns of `files` that fit no path of the repository, as sentences. */
export function findUnusedFilePatterns({ files }: RuleSourceConfig, paths: readonly string[]): readonly string[] {
  return (['include', 'exclude'] as const).flatMap((list) =>
    files[list]
      .filter((pattern) => !paths.some((path) => isExcluded([pattern], path)))
      .map((pattern) => `files.${list}: "${pattern}" fits no file: correct or remove it`),
  );
}
