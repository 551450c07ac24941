import path from 'node:path';
import type { PreparedRules } from '../../../app/rulesets/prepare-rules.ts';
import { RearviewError } from '../../../domain/errors.ts';
import type { Diagnostic } from '../../../domain/rulesets/diagnostic.ts';
import { checkSection } from '../../../pull-requests/check-section.ts';
import type { LeftOut } from '../../../rules/find-rule-files.ts';
import { baselineFile, baselineOf, formatBaseline, splitByBaseline } from '../../../rules/lint/baseline.ts';
import type { LoadedRuleFile } from '../../../rules/load-rules.ts';
import { narrowingOf } from '../../../rules/requirement/narrowing.ts';
import { createRequirementReader } from '../../../rules/requirement/read-requirement.ts';
import { parseSource } from '../../../rules/syntax/parse.ts';
import type { CliContext, GlobalOptions } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { declaredVariables } from '../../flags/declared-variables.ts';
import { filledFlag, flagSet, textFlag } from '../../flags/flag.ts';
import { choiceFlag, switchFlag } from '../../flags/flags.ts';
import { rulesLocation } from '../../flags/rules-location.ts';
import { gitBaseDiagnostics, gitPrefix } from '../../git/git-base.ts';
import { repositoryPath } from '../../git/repository-path.ts';
import { diagnosticAnnotations, printAnnotations } from '../../output/annotations.ts';
import { baselineNotes, countDiagnostics, diagnosticPath, printDiagnostics } from '../../output/diagnostics.ts';
import { leftOutLine, leftOutNote } from '../../output/left-out-lines.ts';
import { jsonLine, painter, plural, printLine, safeText } from '../../output/output.ts';
import { narrowingLine } from '../../output/requirement-lines.ts';
import { reportFlag, writeSection } from '../../output/review-section.ts';
import { sarifOfDiagnostics } from '../../output/sarif-report.ts';
import { writeOut } from '../../output/write-out.ts';
import { prepareWithCache } from '../../wiring/prepare-with-cache.ts';

/** `rules check`. */
export const rulesCheck = defineCommand({
  description:
    'Compile and lint the rules.\n\nEach problem is one line: file:line:column: severity: message [code]. More than five warnings of one code are one line. Notes on stderr list the files that are not rule files.\nEnds with 1 if there are errors; warnings, and public rules that are quarantined, count only with --strict.\nWith --baseline, it records the warnings in lint-baseline.json of the rules folder. Later checks report only new ones.\n--rules may also name one file.',
  flags: [
    ['--strict', 'Count warnings and quarantined rules as errors.'],
    ['--baseline', 'Record the warnings of today; later checks, publish and up report only new ones.'],
    [
      '--base <base>',
      'Report only warnings that a base does not have: a rules folder or "git:<revision>". Errors are always reported.',
    ],
    ['-v, --verbose', 'List every warning by itself, and on stderr the rules that an index cannot narrow.'],
    [
      '--format <name>',
      'text, github (annotations for GitHub Actions) or sarif (SARIF 2.1.0); with the last two, the text goes to stderr. Default: text.',
    ],
    reportFlag,
    [
      '--json',
      'Print JSON, one diagnostic a line: severity, code, message, file (relative to the rules folder), line, column. Public rules that are left out have the severity note, and kind, namespace, rule, reason.',
    ],
  ],
  options: flagSet({
    strict: switchFlag,
    baseline: switchFlag,
    base: filledFlag.optional(),
    verbose: switchFlag,
    format: choiceFlag(['text', 'github', 'sarif']).default('text'),
    report: textFlag.optional(),
    json: switchFlag,
  })
    .check(({ json, format }) => !json || format === 'text', '--json: cannot be combined with --format.')
    .check(
      ({ baseline, json, format, report, base }) =>
        !baseline || (!json && format === 'text' && report === undefined && base === undefined),
      '--baseline: only records: leave out --json, --format, --report and --base.',
    ),
  examples: [
    'rearview rules check',
    'rearview rules check --rules my-rules --strict',
    'rearview rules check --rules rules/webshell/php.yar',
    'rearview rules check --baseline',
    'rearview rules check --base git:HEAD^1',
    'rearview rules check --format github --report check.json',
    'rearview rules check --format sarif > check.sarif',
  ],
  async run(context, { options, globals }) {
    const location = await rulesLocation(globals.rulesDir);
    const folders = { ...globals, rulesDir: location.rulesDir };
    if (options.baseline && location.only !== undefined) {
      const message = '--baseline records the whole rules folder: leave out --rules, or name the folder.';
      throw new RearviewError('ERR_USAGE', message);
    }
    const prepared = await prepareWithCache(context, {
      ...location,
      variables: await declaredVariables(context),
      baseline: !options.baseline,
    });
    if (options.baseline) return recordBaseline(context, folders, prepared);
    const { leftOut, loaded, baseline } = prepared;
    const { fresh: diagnostics, known } = splitByBaseline(
      prepared.diagnostics,
      options.base === undefined ? [] : baselineOf(await baseDiagnostics(context, globals, options.base)),
    );
    const stream = options.format === 'text' ? 'stdout' : 'stderr';
    // GitHub shows ten annotations, and refers to the log for the others.
    const verbose = options.verbose || options.format === 'github';
    if (options.json) {
      for (const { rendered: _, rule: __, ...each } of diagnostics) await printLine(context.stdout, jsonLine(each));
      for (const each of leftOut) await printLine(context.stdout, jsonLine({ severity: 'note', ...each }));
    } else await printDiagnostics(context, stream, folders, diagnostics, painter(context, stream), { verbose });
    if (options.format === 'github') {
      await printAnnotations(context, 'rules check', diagnosticAnnotations(context, folders, diagnostics));
    }
    for (const each of loaded.leftOut) await printLine(context.stderr, noteLine(context, folders, each));
    for (const note of baselineNotes(context, folders, baseline)) await printLine(context.stderr, note);
    if (!options.json) {
      for (const each of leftOut) {
        const file = path.relative(context.cwd, diagnosticPath(each, folders));
        await printLine(context.stderr, leftOutNote(each, file));
      }
    }
    if (options.verbose && !options.json) {
      for (const line of unnarrowedLines(context, folders, loaded.files)) await printLine(context.stderr, line);
    }
    const summary = leftOutLine(leftOut);
    if (summary !== null) await printLine(context.stderr, summary);
    if (known > 0) await printLine(context.stderr, `${plural(known, 'warning')} that the base has, too, not shown`);
    await printLine(context.stderr, `${plural(loaded.files.length, 'file')}: ${countDiagnostics(diagnostics)}`);
    const named = diagnostics.map((each) => ({
      ...each,
      file: repositoryPath(context, diagnosticPath(each, folders)),
    }));
    if (options.format === 'sarif') await printLine(context.stdout, jsonLine(sarifOfDiagnostics(named)));
    const found = {
      files: loaded.files.length,
      rules: countRules(prepared),
      diagnostics: named,
      leftOut: leftOut.map((each) => ({ ...each, file: repositoryPath(context, diagnosticPath(each, folders)) })),
      known: known + (baseline?.known ?? 0),
    };
    const section = checkSection({ ...found, strict: options.strict });
    await writeSection(context, options.report, section);
    return section.verdict === 'failed' ? exitCodes.problems : exitCodes.ok;
  },
});

/** The diagnostics of the rules that a change is compared with. */
async function baseDiagnostics(
  context: CliContext,
  globals: GlobalOptions,
  base: string,
): Promise<readonly Diagnostic[]> {
  if (base.startsWith(gitPrefix)) return gitBaseDiagnostics(context, globals, base.slice(gitPrefix.length));
  const { rulesDir } = await rulesLocation(path.resolve(context.cwd, base));
  return (await prepareWithCache(context, { rulesDir, variables: await declaredVariables(context) })).diagnostics;
}

/** Writes the baseline, or prints the errors that prevent it. */
async function recordBaseline(
  context: CliContext,
  folders: GlobalOptions,
  { diagnostics }: PreparedRules,
): Promise<number> {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    await printDiagnostics(context, 'stdout', folders, errors, painter(context, 'stdout'));
    await printLine(context.stderr, 'Not recorded: fix the errors above. Errors are never part of a baseline.');
    return exitCodes.problems;
  }
  const entries = baselineOf(diagnostics);
  const file = path.join(folders.rulesDir, baselineFile);
  await writeOut(context, '--baseline', file, formatBaseline(entries));
  const rules = new Set(entries.map((each) => JSON.stringify([each.file, each.rule]))).size;
  const sum = `${plural(diagnostics.length, 'warning')} in ${plural(rules, 'rule')}`;
  await printLine(context.stdout, safeText(`${path.relative(context.cwd, file)}: ${sum} recorded`));
  return exitCodes.ok;
}

function noteLine({ cwd }: CliContext, folders: GlobalOptions, { file, why }: LeftOut): string {
  return safeText(`${path.relative(cwd, diagnosticPath({ file }, folders))}: note: left out, because ${why}`);
}

/** A line for each rule of which every file has to be read. */
function unnarrowedLines(
  { cwd }: CliContext,
  folders: GlobalOptions,
  files: readonly LoadedRuleFile[],
): readonly string[] {
  return files.flatMap(({ source, locate }) => {
    const { rules } = parseSource(source);
    const read = createRequirementReader(rules);
    return rules.flatMap(({ name, line }) => {
      const narrowing = narrowingOf(read(name));
      if (narrowing.kind !== 'nothing') return [];
      const at = locate(line);
      const file = path.relative(cwd, diagnosticPath(at, folders));
      return [`${safeText(`${file}:${at.line}: note: ${name}`)} ${narrowingLine(narrowing)}`];
    });
  });
}

/** Rules that do not compile are counted as far as they can be understood. */
function countRules({ ruleset, loaded }: PreparedRules): number {
  return ruleset?.rules.length ?? loaded.files.reduce((sum, { source }) => sum + parseSource(source).rules.length, 0);
}
