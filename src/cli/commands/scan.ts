import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createByteBudget } from '../../app/analysis/byte-budget.ts';
import { type FileReport, type ListedFile, scanFiles } from '../../app/files/scan-files.ts';
import { RearviewError } from '../../domain/errors.ts';
import { isExcluded } from '../../domain/objects/exclude.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { ScannableRuleset } from '../../engine/types.ts';
import { engineMemoryFor } from '../../targets/engine-memory.ts';
import { imageRefused } from '../../targets/image-refused.ts';
import { defaultDeadlineMs } from '../../targets/target.ts';
import type { CliContext } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { definedValues, defineFlag, readDefines } from '../flags/declared-variables.ts';
import { excludeFlag, excludesOf } from '../flags/exclude-flag.ts';
import { flagSet, textFlag } from '../flags/flag.ts';
import { choiceFlag, countFlag, onFlag, switchFlag, textsFlag } from '../flags/flags.ts';
import { sizeLimitFlags, sizeLimitOf, sizeLimitOptions } from '../flags/size-limit.ts';
import { unpackFlag, unpackOf } from '../flags/unpack-flag.ts';
import { interruption } from '../interruption.ts';
import { jsonLine, painter, printLine, safeText } from '../output/output.ts';
import { printedTextLines } from '../output/printed-text-lines.ts';
import { createSarifScan } from '../output/sarif-report.ts';
import { writeOut } from '../output/write-out.ts';
import { fileProblemLine, fileReportJson, fileReportLines, variableProblemLines } from '../scan/scan-report.ts';
import { warmUp } from '../scan/scan-rules.ts';
import { createScanStats } from '../scan/scan-stats.ts';
import { openScanTargets } from '../wiring/scan-targets.ts';

const options = flagSet({
  format: choiceFlag(['text', 'sarif']).default('text'),
  ruleset: textFlag.optional(),
  trustImage: switchFlag,
  json: switchFlag,
  verbose: switchFlag,
  keepGoing: switchFlag,
  failOnMatch: switchFlag,
  jobs: countFlag.default(availableParallelism()),
  ...sizeLimitOptions.shape,
  unpack: onFlag,
  timeout: countFlag.default(defaultDeadlineMs),
  stats: textFlag.optional(),
  define: textsFlag,
  exclude: textsFlag,
});

/** The files that are not excluded; excluded ones are counted. Named files are never excluded. */
async function* withoutExcluded(
  files: AsyncIterable<ListedFile>,
  patterns: readonly string[],
  count: () => void,
): AsyncGenerator<ListedFile> {
  for await (const file of files) {
    if (file.below !== undefined && isExcluded(patterns, file.below)) count();
    else yield file;
  }
}

function variablesOf({ sources, image }: ScannableRuleset): readonly VariableDeclaration[] {
  return image?.variables ?? sources.flatMap(({ variables = [] }) => variables);
}

/** `scan`. */
export const scan = defineCommand({
  description:
    'Scan files, folders and S3 objects on all cores; nothing is stored.\n\nEvery file gives one result: its matches, or the reason why it was skipped or failed. A symbolic link is followed if it is named as PATH, and skipped inside a folder.\nS3 URLs: s3://bucket/key, s3://bucket/prefix/, s3://bucket, or s3://bucket/key?versionId=ID.\nMatches go to stdout, everything else to stderr. Ends with 1 if rules do not compile or, with --fail-on-match, if a file matches.',
  args: [['<path...>', 'Files, folders and S3 URLs.']],
  flags: [
    ['--ruleset <file>', 'Use this ruleset, built by "rearview rules build", instead of --rules.'],
    [
      '--trust-image',
      'Use the compiled image of --ruleset even if no trusted key has signed it. An image is code and runs with your permissions.',
    ],
    ['--json', 'Print JSON, one file a line, matching or not.'],
    [
      '--format <name>',
      'text, or sarif for SARIF 2.1.0 on stdout: a result for each match, a notification for each file that was not scanned. Default: text.',
    ],
    ['-v, --verbose', 'Show the matched strings.'],
    defineFlag,
    excludeFlag,
    ['--keep-going', 'Scan with the rules that compile, and list on stderr the files with rules that do not.'],
    ['--fail-on-match', 'End with 1 if a file matches.'],
    ['--jobs <n>', 'Workers that scan. Default: one per core.'],
    ...sizeLimitFlags,
    unpackFlag,
    ['--timeout <ms>', 'Time limit for the scan of one file, in milliseconds. Default: 30000.'],
    ['--stats <file>', 'Write {files, bytes, matches, failed, skipped, excluded, loadMs, scanMs, wallMs} as JSON.'],
  ],
  options,
  examples: [
    'rearview scan ~/Downloads',
    'rearview scan --rules one.yar suspicious.doc',
    'rearview scan --rules my-rules --json /usr/bin > results.jsonl',
    'rearview scan --exclude "*.log" --exclude node_modules/ ~/src',
    'rearview scan --format sarif dist/ > scan.sarif',
    'rearview scan --ruleset ruleset.bin --fail-on-match dist/',
    'rearview scan --ruleset built-by-our-ci.bin --trust-image dist/',
    'rearview scan --rules my-rules s3://some-bucket/in/ "s3://some-bucket/a b.doc"',
    'rearview scan --rules my-rules --define owner=root /etc',
    'rearview scan --target aws s3://some-bucket/suspicious.doc',
  ],
  handlesInterrupt: true,
  async run(context, { args, options, globals }) {
    if (options.trustImage && options.ruleset === undefined) {
      throw new RearviewError('ERR_USAGE', '--trust-image needs --ruleset.');
    }
    if (options.json && options.format === 'sarif') {
      throw new RearviewError('ERR_USAGE', '--json cannot be combined with --format sarif.');
    }
    const sarif = options.format === 'sarif' ? createSarifScan() : null;
    const { maxObjectBytes, largeFiles } = sizeLimitOf(options);
    const stats = createScanStats(() => performance.now());
    const exclude = await excludesOf(context, options.exclude);
    const unpack = await unpackOf(context, options.unpack);
    const targets = await openScanTargets(args, { cwd: context.cwd, jobs: options.jobs });
    const pool = createScanPool({
      workers: targets.workers,
      deadlineMs: options.timeout,
      maxMemoryBytes: engineMemoryFor(maxObjectBytes),
      onImageRefused: (id, why) => void printLine(context.stderr, safeText(imageRefused(id, why))),
    });
    try {
      const defined = readDefines(options.define);
      const loading = warmUp(pool, context, globals, { ...options, defined });
      const ruleset = await Promise.race([loading, interruption(context.signal)]);
      if (ruleset === null) return exitCodes.problems;
      stats.loaded();
      if (typeof ruleset !== 'number')
        await scanFiles({
          ruleset,
          pool,
          variables: definedValues(variablesOf(ruleset), defined),
          files: withoutExcluded(targets.files(), exclude, stats.exclude),
          readAhead: targets.readAhead,
          // Twice the most that is held of one file: one is scanned while the next is read.
          budget: createByteBudget(2 * maxObjectBytes),
          maxBytes: maxObjectBytes,
          largeFiles,
          unpack,
          report: async (report) => {
            stats.add(report);
            sarif?.add(report);
            await printReport(context, report, { ...options, quiet: sarif !== null });
          },
          signal: context.signal,
        });
    } finally {
      await pool.close();
      targets.close();
    }
    if (sarif !== null) await printLine(context.stdout, jsonLine(sarif.end(!context.signal.aborted)));
    const { json, ...summary } = stats.end();
    if (options.stats !== undefined) {
      await writeOut(context, '--stats', path.resolve(context.cwd, options.stats), `${jsonLine(json)}\n`);
    }
    if (!options.json) await printLine(context.stderr, summary.text);
    if (context.signal.aborted) {
      await printLine(context.stderr, 'Interrupted: not all files were scanned.');
      return exitCodes.interrupted;
    }
    return options.failOnMatch && json.matches > 0 ? exitCodes.problems : exitCodes.ok;
  },
});

async function printReport(
  context: CliContext,
  report: FileReport,
  options: { json: boolean; verbose: boolean; quiet: boolean },
) {
  if (report.printed !== undefined) {
    for (const line of printedTextLines(report.path, report.printed)) await printLine(context.stderr, line);
  }
  for (const line of variableProblemLines(report, painter(context, 'stderr'))) await printLine(context.stderr, line);
  if (options.json) return printLine(context.stdout, fileReportJson(report));
  const lines = options.quiet ? [] : fileReportLines(report, painter(context, 'stdout'), options.verbose);
  for (const line of lines) {
    await printLine(context.stdout, line);
  }
  const problem = fileProblemLine(report, painter(context, 'stderr'));
  if (problem !== null) await printLine(context.stderr, problem);
}
