import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createByteBudget } from '../../app/analysis/byte-budget.ts';
import { type FileReport, scanFiles } from '../../app/files/scan-files.ts';
import { pagesOfCorpus } from '../../app/index/build-index.ts';
import { corpusFile } from '../../app/index/corpus-files.ts';
import { queryIndex } from '../../app/index/corpus-index.ts';
import { type PatternKind, patternKindOf, rulesetOfContent, rulesetOfPattern } from '../../app/index/hunt-rule.ts';
import { indexSettings } from '../../app/index/index-settings.ts';
import { requirementsOf } from '../../app/index/rule-requirements.ts';
import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { ScannableRuleset, ScanPool } from '../../engine/types.ts';
import { narrowingOf } from '../../rules/requirement/narrowing.ts';
import { engineMemoryFor } from '../../targets/engine-memory.ts';
import { defaultDeadlineMs } from '../../targets/target.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { type FlagSetValues, flagSet, textFlag } from '../flags/flag.ts';
import { countFlag, switchFlag } from '../flags/flags.ts';
import { interruption } from '../interruption.ts';
import { formatCount, jsonLine, painter, plural, printLine, safeText } from '../output/output.ts';
import { narrowingLine } from '../output/requirement-lines.ts';
import { readNamedFile } from '../read-named-file.ts';
import { fileProblemLine, fileReportJson, fileReportLines } from '../scan/scan-report.ts';
import { warmUp } from '../scan/scan-rules.ts';
import { type IndexedTarget, indexLimitFlags, indexLimitOptions, withIndex } from '../wiring/with-index.ts';

const options = flagSet({
  file: textFlag.optional(),
  text: textFlag.optional(),
  hex: textFlag.optional(),
  regexp: textFlag.optional(),
  limit: countFlag.default(10_000),
  candidates: switchFlag,
  verbose: switchFlag,
  jobs: countFlag.default(availableParallelism()),
  ...indexLimitOptions,
  json: switchFlag,
});

type Options = FlagSetValues<typeof options>;

/** `hunt`. */
export const hunt = defineCommand({
  description:
    'Search the corpus with a rule, a string or a sample; nothing is stored.\n\nReads the files that can match by the index ("index build") and those that are not indexed, and what is inside them. The result is that of reading everything.\nWHAT is a rule file (.yar, .yara), /regular expression/i, { hex bytes }, or text, which is found as UTF-8 and as UTF-16. A flag names its kind instead.\nEnds with 1 if --limit left files unread that can match.',
  args: [['[what]', 'What to search for. Default: none, with --text, --hex, --regexp or --file.']],
  flags: [
    ['--text <text>', 'Search for exactly this text, whatever it looks like.'],
    ['--hex <bytes>', 'Search for hex bytes, with or without braces.'],
    ['--regexp <expression>', 'Search for a regular expression, between slashes.'],
    ['--file <sample>', 'Search for exactly this content, also inside archives.'],
    [
      '--limit <n>',
      'Most files to read. Default: 10000. Of the others, "notRead" in a last line of --json is the number.',
    ],
    ['--candidates', 'Only list the files that would be read.'],
    ['-v, --verbose', 'Show the matched strings.'],
    ['--jobs <n>', 'Workers that scan. Default: one per core.'],
    ...indexLimitFlags,
    ['--json', 'Print JSON, one file a line, as "scan" does; of a candidate its path.'],
  ],
  options,
  examples: [
    'rearview hunt new-rule.yar',
    'rearview hunt "cmd.exe /c whoami"',
    'rearview hunt --text "/etc/"',
    'rearview hunt "{ 4D 5A 90 00 [4-60] 50 45 00 00 }" --candidates',
    'rearview hunt "/https:\\/\\/[a-z]{8}\\.example/i" --json',
    'rearview hunt --file sample.bin',
  ],
  handlesInterrupt: true,
  run: (context, { args: [what], options: given, globals }) =>
    withIndex(context, globals, given, async (indexed) => {
      const { maxObjectBytes } = indexed.limits;
      const pool = createScanPool({
        workers: given.jobs,
        deadlineMs: defaultDeadlineMs,
        maxMemoryBytes: engineMemoryFor(maxObjectBytes),
      });
      try {
        const loading = rulesetFor(context, globals, pool, what, given);
        const ruleset = await Promise.race([loading, interruption(context.signal)]);
        if (typeof ruleset === 'number') return ruleset;
        return ruleset === null ? exitCodes.problems : await search(context, indexed, pool, ruleset, given);
      } finally {
        await pool.close();
      }
    }),
});

/** Null if the rules do not compile, which is printed. */
async function rulesetFor(
  context: CliContext,
  globals: GlobalOptions,
  pool: ScanPool,
  what: string | undefined,
  { file, text, hex, regexp, maxSize }: Options,
): Promise<ScannableRuleset | null> {
  if ([what, file, text, hex, regexp].filter((each) => each !== undefined).length !== 1) {
    const need = 'Name one thing to search for: a rule file or pattern, or a flag: --text, --hex, --regexp, --file.';
    throw new RearviewError('ERR_USAGE', need);
  }
  if (file !== undefined) {
    const bytes = await readNamedFile(context, file, { maxBytes: maxSize, flag: '--file', sizeFlag: '--max-size' });
    return rulesetOfContent(bytes);
  }
  if (text !== undefined) return compiledPattern(pool, text, 'text');
  if (hex !== undefined) return compiledPattern(pool, hex, 'hex');
  if (regexp !== undefined) return compiledPattern(pool, regexp, 'regexp');
  if (what === undefined || !/\.yara?$/.test(what)) return compiledPattern(pool, what ?? '', null);
  const rulesDir = path.resolve(context.cwd, what);
  if (!existsSync(rulesDir)) {
    const text = `The rule file ${safeText(what)} does not exist. To search for its name as text, use --text.`;
    throw new RearviewError('ERR_USAGE', text);
  }
  const rules = { keepGoing: null, trustImage: false, defined: new Map<string, string>() };
  const ruleset = await warmUp(pool, context, { ...globals, target: 'local', rulesDir, isRulesDirGiven: true }, rules);
  if (ruleset !== null && requirementsOf(ruleset.sources).length === 0)
    throw new RearviewError('ERR_USAGE', `${what} has no rule that can match: none, or private rules only.`);
  return ruleset;
}

/**
 * Without a kind, it is the one that the pattern looks like.
 * @throws RearviewError `ERR_USAGE` if it does not compile
 */
async function compiledPattern(pool: ScanPool, pattern: string, named: PatternKind | null): Promise<ScannableRuleset> {
  const kind = named ?? patternKindOf(pattern);
  const ruleset = rulesetOfPattern(pattern, kind);
  try {
    await pool.warm(ruleset);
  } catch (cause) {
    if (!hasCode(cause, 'ERR_RULES_INVALID')) throw cause;
    const why = messageOf(cause).replace(/^.*?hunt:\d+:\d+: /s, '');
    const way = named === null && kind !== 'text' ? '. To search for it as text, use --text.' : '';
    throw new RearviewError('ERR_USAGE', `Cannot search for ${safeText(pattern)}: ${why}${way}`, { cause });
  }
  return ruleset;
}

async function search(
  context: CliContext,
  { target, segments, limits }: IndexedTarget,
  pool: ScanPool,
  ruleset: ScannableRuleset,
  given: Options,
): Promise<number> {
  const requirements = requirementsOf(ruleset.sources);
  for (const { id, requirement } of requirements) {
    const narrowing = narrowingOf(requirement);
    if (narrowing.kind === 'nothing') await printLine(context.stderr, `${safeText(id)} ${narrowingLine(narrowing)}`);
  }
  const wanted = requirements.map(({ requirement }) => requirement);
  const asking = queryIndex(segments, indexSettings(limits), wanted);
  const answer = await Promise.race([asking, interruption(context.signal)]);
  if (typeof answer === 'number') return answer;
  for (const problem of answer.problems) await printLine(context.stderr, safeText(problem));

  const counts = { objects: 0, excluded: 0, notIndexed: 0, beyond: 0 };
  const candidates: ObjectInfo[] = [];
  for await (const objects of pagesOfCorpus(target)) {
    if (context.signal.aborted) return exitCodes.interrupted;
    for (const object of objects) {
      counts.objects += 1;
      const positions = answer.candidateFor(object);
      if (positions === undefined) counts.notIndexed += 1;
      if (positions?.length === 0) counts.excluded += 1;
      else if (candidates.length < given.limit) candidates.push(object);
      else counts.beyond += 1;
    }
  }
  const sum = `${formatCount(counts.objects)} objects: ${formatCount(counts.excluded)} excluded by the index, ${formatCount(candidates.length)} to read`;
  await printLine(context.stderr, `${sum} (${formatCount(counts.notIndexed)} not indexed)`);
  const files = candidates.map((object) => corpusFile(target.readers, object));
  if (given.candidates) {
    for (const { path: place } of files)
      await printLine(context.stdout, given.json ? jsonLine({ path: place }) : safeText(place));
  } else {
    const found = { files: 0, unread: 0 };
    await scanFiles({
      ...{ ruleset, pool },
      files: (async function* () {
        yield* files;
      })(),
      readAhead: pool.workers + 2,
      budget: createByteBudget(2 * limits.maxObjectBytes),
      maxBytes: limits.maxObjectBytes,
      ...{ largeFiles: limits.largeFiles, unpack: limits.unpack, signal: context.signal },
      report: async (report) => {
        if (report.status !== 'scanned') found.unread += 1;
        else if (report.matches.length > 0) found.files += 1;
        await printReport(context, report, given);
      },
    });
    const unread = found.unread > 0 ? `, ${plural(found.unread, 'file')} not read` : '';
    await printLine(context.stderr, `${plural(found.files, 'file')} matched${unread}`);
  }
  if (counts.beyond > 0) {
    if (given.json) await printLine(context.stdout, jsonLine({ notRead: counts.beyond, limit: given.limit }));
    const message = `${formatCount(counts.beyond)} more files can match and were not read: --limit reads more.`;
    await printLine(context.stderr, message);
  }
  if (context.signal.aborted) return exitCodes.interrupted;
  return counts.beyond > 0 ? exitCodes.problems : exitCodes.ok;
}

async function printReport(context: CliContext, report: FileReport, { json, verbose }: Options): Promise<void> {
  const isFound = report.status !== 'scanned' || report.matches.length > 0;
  if (json) {
    if (isFound) await printLine(context.stdout, fileReportJson(report));
    return;
  }
  for (const line of fileReportLines(report, painter(context, 'stdout'), verbose))
    await printLine(context.stdout, line);
  const problem = fileProblemLine(report, painter(context, 'stderr'));
  if (problem !== null) await printLine(context.stderr, problem);
}
