import * as z from 'zod';
import { excludeProblem } from '../../domain/objects/exclude.ts';
import type { RuleSourceConfig } from './source-config.ts';
import { repositoryNames, sourceUrlProblem } from './source-url.ts';

/** Stars and question marks in one pattern: each doubles the patterns that replace it. */
const maxWildcards = 6;

const pattern = z.string().superRefine((value, context) => {
  const message = patternProblem(value);
  if (message !== null) context.addIssue({ code: 'custom', message });
});
const patterns = z.array(pattern).max(1000).nullish();

function patternProblem(value: string): string | null {
  if (value.includes('[')) return 'has a set of characters, which is not supported: write the patterns in sources.yaml';
  if ((value.match(/[*?]+/g)?.length ?? 0) > maxWildcards) return 'has too many wildcards: write it in sources.yaml';
  if (/^\/|\/\//.test(value) || !/[*?]$|\.yara?$/i.test(value))
    return 'matches no rule file: end it with /* for a folder, or with .yar';
  const problem = excludeProblem(value);
  return problem === null ? null : `is not a pattern. ${problem}`;
}

/** BinaryAlert's `rules/rule_sources.json`, as its `clone_rules.py` reads it. */
export const binaryAlertSchema = z.object({
  repos: z.array(
    z.object({
      url: z.string().superRefine((url, context) => {
        const message = sourceUrlProblem(url);
        if (message !== null) context.addIssue({ code: 'custom', message });
      }),
      include: patterns,
      exclude: patterns,
    }),
  ),
});

/**
 * Returns the sources of BinaryAlert. They are active, as they are there: their rules would
 * otherwise stop alerting with the move. They are named after their repositories, and after their
 * owners where two have the same name.
 */
export function binaryAlertSources({ repos }: z.infer<typeof binaryAlertSchema>): readonly RuleSourceConfig[] {
  const taken = new Set<string>();
  return repos.map(({ url, include, exclude }): RuleSourceConfig => {
    const { name: repository, owner } = repositoryNames(url);
    const twins = repos.filter((each) => repositoryNames(each.url).name.toLowerCase() === repository.toLowerCase());
    const wanted = plainName(twins.length > 1 && owner !== '' ? `${owner}-${repository}` : repository);
    let name = wanted;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${wanted}-${number}`;
    taken.add(name.toLowerCase());
    const none = { include: [], exclude: [] };
    return {
      ...{ name, url, ref: null, licence: null, state: 'active', namespace: name, severity: null },
      files: { include: (include ?? []).flatMap(alternatives), exclude: (exclude ?? []).flatMap(alternatives) },
      ...{ rules: none, tags: none, meta: { severity: [] }, budget: null },
    };
  });
}

function plainName(text: string): string {
  const plain = text
    .replaceAll(/[^\w.-]/g, '-')
    .replace(/^[^a-z0-9]+/i, '')
    .replace(/[.]+$/, '')
    .slice(0, 48);
  return plain === '' ? 'rules' : plain;
}

/**
 * Writes a pattern of Python's `fnmatch` in ours. There, `*` and `?` also match a slash: `a*b` is
 * `a*b` or, over several parts, `a*` and later `*b`. A pattern is anchored at the top. No path has
 * an empty part.
 */
function alternatives(given: string): readonly string[] {
  const pieces = given.replaceAll(/\*+/g, '*').split(/([*?])/);
  let all = [''];
  for (const piece of pieces) {
    const choices = piece === '*' ? ['*', '*/**/*'] : piece === '?' ? ['?', '/'] : [piece];
    all = all.flatMap((start) => choices.map((choice) => start + choice));
  }
  return all.filter((each) => !/^\/|\/\/|\/$/.test(each)).map((each) => `/${each}`);
}
