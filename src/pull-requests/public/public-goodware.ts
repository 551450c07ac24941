import type { SectionOf } from '../section.ts';

type Matching = NonNullable<SectionOf<'goodware'>['public']>['matching'][number];

/** The public rules of one source that match goodware. */
export interface SourceMatches {
  /** Folder of the source below `vendor`. */
  readonly source: string;
  readonly rules: readonly Matching[];
  /** Those that fail the gate. */
  readonly alerting: readonly Matching[];
}

/** Groups rules by source, in the order of the first rule of each. */
export function bySource(matching: readonly Matching[]): readonly SourceMatches[] {
  return [...Map.groupBy(matching, ({ source }) => source)].map(([source, rules]) => ({
    source,
    rules,
    alerting: rules.filter(({ state }) => state === 'alerts'),
  }));
}

/** The change of `sources.yaml` that helps, as one sentence. */
export function addToExclude(source: string, rules: readonly Pick<Matching, 'rule'>[]): string {
  return `To leave out those that alert, add to rules.exclude of ${source} in sources.yaml: ${ruleNames(rules).join(', ')}`;
}

/** Names without namespaces, each once. */
export function ruleNames(rules: readonly Pick<Matching, 'rule'>[]): readonly string[] {
  return [...new Set(rules.map(({ rule }) => rule.slice(rule.lastIndexOf(':') + 1)))];
}
