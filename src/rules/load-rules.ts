import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf } from '../domain/errors.ts';
import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import type { VariableDeclaration } from '../domain/rulesets/variables.ts';
import { readWithin } from '../files/read-within.ts';
import { type FoundRuleFiles, findRuleFiles, type LeftOut } from './find-rule-files.ts';
import { type Memo, noMemo, rememberedText } from './memo.ts';
import { type IncludedRuleFile, resolveIncludes } from './resolve-includes.ts';
import type { SourceLine } from './resolved-source.ts';
import { decodeRuleText, maxRuleFileBytes } from './rule-text.ts';
import { withVariables } from './source-variables.ts';
import { readSources, sourcesFile } from './sources/read-sources.ts';
import { takenRules } from './sources/shape-rules.ts';
import type { RuleSourceConfig } from './sources/source-config.ts';
import { collectionOf, isVendored, vendorFolder } from './vendored.ts';

/** A rule file; `source` has its includes resolved. */
export interface LoadedRuleFile extends RuleSource {
  /** Absolute. */
  readonly path: string;
  /**
   * Returns where a line (from 1) of `source` was written: diagnostics of the engine count the
   * lines of `source`.
   */
  readonly locate: (line: number) => SourceLine;
  /** Other rule files that it includes: their rules are also in `source`. */
  readonly included: readonly IncludedRuleFile[];
  /** Reasons why it, or a file that it includes, was not loaded as written. */
  readonly problems: readonly Diagnostic[];
}

/** The content of a rules folder. */
export interface LoadedRules {
  /** Sorted by namespace. */
  readonly files: readonly LoadedRuleFile[];
  /** Public collections, in the order of `sources.yaml`. */
  readonly sources: readonly RuleSourceConfig[];
  /**
   * Reasons why a file, or a part of one, was not loaded as written. Codes `load/…`; without
   * repetition.
   */
  readonly problems: readonly Diagnostic[];
  /**
   * Files that look like rule files and are not, and folders of them. Sorted by path. They are not
   * problems.
   */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Loads every rule file below a folder. Its path below the folder, with `/`, is its namespace. An
 * included file that is itself a rule file counts only once. Therefore a file that only includes
 * such files (the index of a collection) is left out.
 * @param options.only loads only this file of the folder, whatever its name
 * @param options.variables variables declared for these rules. Default: none
 * @param options.memo remembers which rules of a public file are taken. Default: it remembers nothing
 * @throws RearviewError `ERR_CONFIG` if the folder is missing or cannot be read, or the sources of
 *   rules are misconfigured
 */
export async function loadRules(
  rulesDir: string,
  {
    only,
    variables,
    memo = noMemo,
  }: {
    readonly only?: string | undefined;
    readonly variables?: readonly VariableDeclaration[] | undefined;
    readonly memo?: Memo;
  } = {},
): Promise<LoadedRules> {
  const found = await findFiles(rulesDir, only);
  const root = await realpath(rulesDir);
  const ruleFiles = new Map(found.files.map(({ path, realPath }) => [realPath, path]));
  const files: LoadedRuleFile[] = [];
  const problems = [...found.problems];
  const leftOut = [...found.leftOut];
  const vendored = new Set(found.files.flatMap(({ path }) => (isVendored(path) ? [collectionOf(path)] : [])));
  const isWhole = only === undefined;
  const sources = isWhole || vendored.size > 0 ? await readSources(rulesDir) : [];
  if (isWhole) problems.push(...missingSources(sources, vendored));
  const byFolder = new Map(sources.map((each) => [each.namespace, each]));
  const taken = (source: string, config: RuleSourceConfig) =>
    rememberedText(memo, 'taken rules', source, [config], () => takenRules(source, config));
  const off = new Set<string>();
  for (const { path: namespace } of found.files) {
    const config = isVendored(namespace) ? byFolder.get(collectionOf(namespace)) : undefined;
    if (config?.state === 'off') {
      off.add(config.name);
      continue;
    }
    try {
      const { bytes } = await readWithin(root, resolve(root, namespace), { maxBytes: maxRuleFileBytes });
      const { text, problem } = decodeRuleText(bytes, namespace);
      const resolved = await resolveIncludes({
        ...{ root, file: namespace, text, ruleFiles },
        refuse: (path) => refuseInclude(namespace, path, byFolder),
      });
      const { source, locate, included } = resolved;
      const own = [...(problem === null ? [] : [problem]), ...resolved.problems];
      problems.push(...own);
      if (resolved.isIndex) leftOut.push({ file: namespace, why: onlyIncludes });
      else
        files.push({
          ...withVariables({ namespace, source: config === undefined ? source : taken(source, config) }, variables),
          path: resolve(rulesDir, namespace),
          locate,
          included,
          problems: own,
        });
    } catch (error) {
      const message = `cannot read the file: ${messageOf(error)}`;
      problems.push({ severity: 'error', code: 'load/unreadable', message, file: namespace, line: 0, column: 0 });
    }
  }
  for (const { name, namespace } of sources.filter((each) => off.has(each.name))) {
    const why = `the state of the source ${name} is off in ${sourcesFile}`;
    leftOut.push({ file: `${vendorFolder}/${namespace}`, why });
  }
  return {
    files,
    sources,
    problems: distinct(problems),
    leftOut: leftOut.sort((a, b) => (a.file < b.file ? -1 : 1)),
  };
}

/** Sources of which no rule is here: their rules are not part of anything. */
function missingSources(sources: readonly RuleSourceConfig[], vendored: ReadonlySet<string>): readonly Diagnostic[] {
  return sources
    .filter(({ state, namespace }) => state !== 'off' && !vendored.has(namespace))
    .map(({ name, namespace }) => ({
      ...{ severity: 'warning', code: 'load/no-rules', file: sourcesFile, line: 0, column: 0 },
      message: `the source ${name} has no rule file below ${vendorFolder}/${namespace}: run "rearview rules sync", or set its state to off`,
    }));
}

const onlyIncludes = 'it only includes rule files, which are loaded on their own';

/** Rules of a source are taken through its own settings only. */
function refuseInclude(from: string, path: string, configs: ReadonlyMap<string, RuleSourceConfig>): string | null {
  if (!isVendored(path)) return null;
  const collection = collectionOf(path);
  if (isVendored(from)) return collectionOf(from) === collection ? null : 'leads to another source';
  return configs.get(collection)?.state === 'off' ? `leads to a source whose state is off in ${sourcesFile}` : null;
}

async function findFiles(rulesDir: string, only: string | undefined): Promise<FoundRuleFiles> {
  if (only === undefined) return findRuleFiles(rulesDir);
  const realPath = await realpath(join(rulesDir, only));
  return { files: [{ path: only, realPath }], leftOut: [], problems: [] };
}

/** A file that several others include reports each problem once. */
function distinct(problems: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(problems.map((each) => [JSON.stringify(each), each])).values()];
}
