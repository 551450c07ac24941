import * as z from 'zod';
import { excludeProblem } from '../../domain/objects/exclude.ts';
import { severities } from '../../domain/rulesets/severity.ts';
import { covers, orderOfCondition, parseSeverityCondition } from './mapped-severity.ts';
import { type RuleSourceConfig, type SeverityMapping, type SourceRef, sourceStates } from './source-config.ts';
import { sourceUrlProblem } from './source-url.ts';

/** Most sources, and patterns of one list. */
const maxSources = 1000;
const maxPatterns = 1000;

const text = z.string({
  error: ({ input }) => (input === undefined ? 'is missing' : 'must be text: put the value in quotes'),
});

/** Text for which a function finds no problem. */
const checked = (problemOf: (value: string) => string | null) =>
  text.superRefine((value, context) => {
    const message = problemOf(value);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

/** Names of devices on Windows, where no file can have them. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Returns the problem with the name of a source or of its folder; null if it can be used. */
export function sourceNameProblem(name: string): string | null {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name) || name.endsWith('.')) {
    return 'is not a name for a folder: use up to 64 letters, digits, ".", "_" and "-", starting with a letter or digit';
  }
  return device.test(name) ? 'is the name of a device on Windows: use another name' : null;
}

const namePattern = checked((pattern) =>
  /^[\w*?]{1,256}$/.test(pattern) ? null : 'must be the name of a rule or tag; * matches any characters, ? one',
);
const filter = <T extends z.ZodType<string>>(pattern: T) =>
  z
    .strictObject(
      {
        include: z.array(pattern, 'must be a list of patterns').max(maxPatterns).default([]),
        exclude: z.array(pattern, 'must be a list of patterns').max(maxPatterns).default([]),
      },
      { error: ({ code }) => (code === 'invalid_type' ? 'must be a mapping with include and exclude' : undefined) },
    )
    .default({ include: [], exclude: [] });

/** Names as Git allows them: https://git-scm.com/docs/git-check-ref-format. */
const refName = checked((name) => {
  const isBad = /[\p{Cc}\p{Z} ~^:?*[\\]|\.\.|@\{|^[-/.]|\/[./]|[/.]$|\.lock(?:\/|$)|^@$/u.test(name);
  return name === '' || isBad || name.length > 250 ? 'is not a name of a branch or tag' : null;
});
const commit = checked((name) =>
  /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(name)
    ? null
    : 'must be the full hash of a commit: 40 (or 64) hexadecimal digits, in quotes if all are decimal',
);

const severity = z.enum(severities, `must be one of ${severities.join(', ')}`);

const severityMapping = z
  .strictObject(
    {
      from: checked((name) =>
        /^[a-z_]\w{0,127}$/i.test(name) ? null : 'must be an identifier of meta, such as score',
      ),
      map: z.record(z.string(), severity, 'must be a mapping of values to severities'),
    },
    {
      error: ({ code }) =>
        code === 'invalid_type' ? 'must be a mapping with from and map, or a list of such mappings' : undefined,
    },
  )
  .transform(({ from, map }, context): SeverityMapping => {
    const cases: { key: string; when: NonNullable<ReturnType<typeof parseSeverityCondition>>; index: number }[] = [];
    for (const [index, key] of Object.keys(map).entries()) {
      const when = parseSeverityCondition(key);
      const message = 'is not a condition: use a word, a number, ">=80", ">80", "<=80", "<80" or "*"';
      if (when === null) context.addIssue({ code: 'custom', path: ['map', key], message });
      else cases.push({ key, when, index });
    }
    cases.sort((a, b) => orderOfCondition(a.when) - orderOfCondition(b.when) || a.index - b.index);
    for (const [at, { key, when }] of cases.entries()) {
      const first = cases.slice(0, at).find((each) => covers(each.when, when));
      const message = `never applies because "${first?.key}" comes first: put it before that, or remove it`;
      if (first !== undefined) context.addIssue({ code: 'custom', path: ['map', key], message });
    }
    return {
      from,
      cases: cases.flatMap(({ key, when }) => (map[key] === undefined ? [] : [{ when, severity: map[key] }])),
    };
  });

const meta = z
  .strictObject(
    {
      severity: z
        .preprocess(
          (given) => (Array.isArray(given) || given === undefined ? given : [given]),
          z.array(severityMapping).max(100),
        )
        .default([]),
    },
    { error: ({ code }) => (code === 'invalid_type' ? 'must be a mapping' : undefined) },
  )
  .default({ severity: [] });

const source = z
  .strictObject(
    {
      url: checked(sourceUrlProblem),
      branch: refName.optional(),
      tag: refName.optional(),
      commit: commit.optional(),
      files: filter(
        checked((pattern) => {
          const problem = excludeProblem(pattern);
          return problem === null || pattern === '' ? problem : `is not a pattern. ${problem}`;
        }),
      ),
      rules: filter(namePattern),
      tags: filter(namePattern),
      licence: checked((id) =>
        /^[a-z0-9][a-z0-9.+-]{0,99}$/i.test(id) ? null : 'must be an SPDX identifier such as MIT or DRL-1.1',
      ).optional(),
      state: z.enum(sourceStates, `must be one of ${sourceStates.join(', ')}`).default('staged'),
      namespace: checked(sourceNameProblem).optional(),
      severity: severity.optional(),
      meta,
      budget: z.number('must be a number, such as 20').positive('must be above 0').optional(),
    },
    { error: ({ code }) => (code === 'invalid_type' ? 'must be a mapping of keys to values' : undefined) },
  )
  .superRefine((value, context) => {
    const refs = (['branch', 'tag', 'commit'] as const).filter((kind) => value[kind] !== undefined);
    const second = refs[1];
    const message = `is given together with ${refs[0]}: keep one of branch, tag and commit`;
    if (second !== undefined) context.addIssue({ code: 'custom', path: [second], message });
  });

type Source = z.infer<typeof source>;

/** Every key of a source. */
export const sourceKeys: readonly string[] = Object.keys(source.shape);

/** The content of `sources.yaml`. */
export const sourcesSchema = z
  .strictObject(
    { sources: z.record(z.string(), source, 'must be a mapping of names to sources').default({}) },
    { error: ({ code }) => (code === 'invalid_type' ? 'must be a mapping with the key sources' : undefined) },
  )
  .superRefine(({ sources }, context) => {
    const folders = new Map<string, string>();
    const names = Object.keys(sources);
    const count = `has ${names.length} sources: use at most ${maxSources}`;
    if (names.length > maxSources) context.addIssue({ code: 'custom', path: ['sources'], message: count });
    for (const [name, { namespace }] of Object.entries(sources)) {
      const problem = sourceNameProblem(name);
      const twin = folders.get((namespace ?? name).toLowerCase());
      const message = problem ?? `has the same folder as ${twin}: give one of them another namespace`;
      if (problem !== null || twin !== undefined)
        context.addIssue({ code: 'custom', path: ['sources', name], message });
      folders.set((namespace ?? name).toLowerCase(), name);
    }
  })
  .transform(({ sources }) => Object.entries(sources).map(([name, each]) => configOf(name, each)));

function configOf(name: string, given: Source): RuleSourceConfig {
  const { url, files, rules, tags, state, meta } = given;
  return {
    ...{ name, url, ref: refOf(given), files, rules, tags, licence: given.licence ?? null, state },
    ...{ namespace: given.namespace ?? name, severity: given.severity ?? null, meta },
    budget: given.budget ?? null,
  };
}

function refOf({ branch, tag, commit: hash }: Source): SourceRef | null {
  if (branch !== undefined) return { kind: 'branch', name: branch };
  if (tag !== undefined) return { kind: 'tag', name: tag };
  return hash === undefined ? null : { kind: 'commit', name: hash.toLowerCase() };
}
