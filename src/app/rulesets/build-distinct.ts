import type { LeftOutRule } from '../../domain/rulesets/left-out-rule.ts';
import { type RuleEntry, ruleId } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import type { LoadedRuleFile, LoadedRules } from '../../rules/load-rules.ts';
import { type Memo, noMemo, remembered, rememberedText } from '../../rules/memo.ts';
import { blankSpans } from '../../rules/quarantine/blank-spans.ts';
import { findDuplicates } from '../../rules/quarantine/find-duplicates.ts';
import { buildRuleset, describeRules } from '../../rules/ruleset.ts';
import { describedRules } from '../../rules/sources/shape-rules.ts';
import type { RuleSourceConfig } from '../../rules/sources/source-config.ts';
import { createLineIndex } from '../../rules/syntax/line-index.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import { collectionOf, isVendored } from '../../rules/vendored.ts';

/** A ruleset of rules that compile, and the public rules that have no part in it. */
export interface DistinctRules {
  /** Without an image. */
  readonly ruleset: Ruleset;
  /** By file, in source order. */
  readonly duplicates: readonly LeftOutRule[];
}

/**
 * Builds a ruleset from files whose rules compile. Of equal public rules only the first is part of
 * it.
 * @param sources in the order in which they win. Default: by namespace
 * @param memo remembers the rules of each file. Default: it remembers nothing
 * @throws RearviewError as `buildRuleset`
 */
export function buildDistinct(
  files: readonly LoadedRuleFile[],
  { sources }: Pick<LoadedRules, 'sources'> = { sources: [] },
  memo: Memo = noMemo,
): DistinctRules {
  const ranks = new Map(sources.map(({ namespace }, index) => [namespace, index]));
  const rankOf = (namespace: string) => ranks.get(collectionOf(namespace)) ?? sources.length;
  const described = describeFiles(files, sources, memo);
  const duplicates = findDuplicates(describeRules(described, engineInfo(), memo), rankOf);
  const byFile = Map.groupBy(duplicates, ({ rule }) => rule.namespace);
  const kept = described.flatMap((file) => {
    const some = byFile.get(file.namespace);
    return some === undefined
      ? file
      : withoutRules(
          file,
          some.map(({ rule }) => rule.name),
          memo,
        );
  });
  const placeOf = createPlaces(files, memo);
  return {
    ruleset: buildRuleset(kept, engineInfo(), memo),
    duplicates: duplicates.map(
      ({ rule, of: first }): LeftOutRule => ({
        ...{ kind: 'duplicate', namespace: rule.namespace, rule: rule.name, ...placeOf(rule) },
        ...{ code: 'duplicate-logic', reason: `it matches exactly what ${first} does` },
      }),
    ),
  };
}

/**
 * Returns the files as their sources in `sources.yaml` want them (`describedRules`); own files stay.
 * @param memo remembers the texts. Default: it remembers nothing
 */
export function describeFiles(
  files: readonly LoadedRuleFile[],
  sources: readonly RuleSourceConfig[],
  memo: Memo = noMemo,
): readonly LoadedRuleFile[] {
  const configs = new Map(sources.map((each) => [each.namespace, each]));
  return files.map((file) => describe(file, configs, memo));
}

function describe(file: LoadedRuleFile, configs: ReadonlyMap<string, RuleSourceConfig>, memo: Memo): LoadedRuleFile {
  const config = isVendored(file.namespace) ? configs.get(collectionOf(file.namespace)) : undefined;
  if (config === undefined) return file;
  const { source } = file;
  return {
    ...file,
    source: rememberedText(memo, 'described rules', source, [config], () => describedRules(source, config)),
  };
}

/** The file without these rules; nothing if none is left. */
function withoutRules(file: LoadedRuleFile, names: readonly string[], memo: Memo): readonly LoadedRuleFile[] {
  const { source } = file;
  const rest = remembered(memo, 'without rules', [source, names], () => {
    const { rules } = parseSource(source);
    const gone = rules.filter(({ name }) => names.includes(name));
    return gone.length === rules.length ? null : blankSpans(source, gone);
  });
  return rest === null ? [] : [{ ...file, source: rest }];
}

function createPlaces(files: readonly LoadedRuleFile[], memo: Memo) {
  const byNamespace = new Map(files.map((file) => [file.namespace, file]));
  const known = new Map<string, Pick<LeftOutRule, 'file' | 'line' | 'column'>>();
  return ({ namespace, name }: RuleEntry): Pick<LeftOutRule, 'file' | 'line' | 'column'> => {
    const file = byNamespace.get(namespace);
    if (file !== undefined && !known.has(ruleId({ namespace, name }))) {
      for (const { name: each, line, column } of remembered(memo, 'places', [file.source], () => placesIn(file))) {
        known.set(ruleId({ namespace, name: each }), { ...file.locate(line), column });
      }
    }
    return known.get(ruleId({ namespace, name })) ?? { file: namespace, line: 0, column: 0 };
  };
}

function placesIn({ source }: LoadedRuleFile): readonly { readonly name: string; line: number; column: number }[] {
  const placeOf = createLineIndex(source);
  return parseSource(source).rules.map(({ name, parts }) => ({ name, ...placeOf(parts.name.start) }));
}
