import { fitsName } from '../../domain/text/wildcard.ts';
import type { RuleSourceConfig, SourceFilter } from './source-config.ts';

/** The names and tags that patterns of a source are compared with. */
export interface PatternSubjects {
  readonly names: Iterable<string>;
  readonly tags: Iterable<string>;
}

/**
 * Returns, as sentences, the patterns of `rules` and `tags` that fit nothing: they are misspelled,
 * or what they named is gone.
 */
export function unusedPatterns(
  { rules, tags }: Pick<RuleSourceConfig, 'rules' | 'tags'>,
  subjects: PatternSubjects,
): readonly string[] {
  return [...unusedOf('rules', rules, [...subjects.names]), ...unusedOf('tags', tags, [...subjects.tags])];
}

function unusedOf(key: string, filter: SourceFilter, texts: readonly string[]): readonly string[] {
  return (['include', 'exclude'] as const).flatMap((list) =>
    filter[list]
      .filter((pattern) => !texts.some((text) => fitsName(pattern, text)))
      .map(
        (pattern) => `${key}.${list}: "${pattern}" fits no ${key === 'rules' ? 'rule' : 'tag'}: correct or remove it`,
      ),
  );
}
