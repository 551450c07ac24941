import { stat } from 'node:fs/promises';
import { defaultUploadConcurrency, type UploadFilesOptions, uploadFiles } from '../../app/uploads/upload-files.ts';
import type { UploadFile, UploadSums } from '../../app/uploads/upload-report.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { CliContext } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { flagSet, textFlag } from '../flags/flag.ts';
import { countFlag, switchFlag, textsFlag } from '../flags/flags.ts';
import { formatBytes, formatCount, plural, safeText } from '../output/output.ts';
import { collectorMetadata, userMetadata } from '../upload/upload-metadata.ts';
import { createUploadProgress, type UploadProgress } from '../upload/upload-progress.ts';
import { watchUploads } from '../upload/watch-uploads.ts';
import { namedPaths } from '../wiring/named-paths.ts';
import { openUploadDestination } from '../wiring/upload-destination.ts';
import { fileSource, namedFiles } from '../wiring/upload-files.ts';

/** Longer than most writers pause. */
const settleMs = 1000;

/** `upload`. */
export const upload = defineCommand({
  description:
    'Add files to the corpus and have them scanned.\n\nFolders are uploaded with all files below them; symbolic links inside them are skipped. Unchanged files are not sent again, so the same command resumes after a crash or Ctrl-C. A changed file becomes a new version.\nPrints the key and version of each uploaded file. Ends with 1 if a file could not be uploaded; the others are.',
  args: [['<path...>', 'Files and folders.']],
  flags: [
    ['--key <prefix>', 'Folder in the corpus to store the files in.'],
    ['--filepath <path>', 'Original path of a single file, for rules that use it. Default: its absolute path.'],
    [
      '--meta <name=value...>',
      'Metadata to store with the files. May be repeated. A stored file keeps its metadata unless --force is given.',
    ],
    ['--concurrency <n>', 'Files to upload at once. Default: 8.'],
    ['--watch', 'Keep running, and upload new and changed files after a second without changes. Ctrl-C ends it.'],
    [
      '--verify',
      'Read every file and compare it with the stored object, even if it did not change since an earlier run.',
    ],
    ['--force', 'Upload files again that are already stored.'],
    ['--dry-run', 'Show what would be uploaded, and upload nothing.'],
    [
      '--json',
      'Print JSON, one file a line: status (uploaded, present, unchanged, planned, failed), path, bucket, key, version, size, sha256.',
    ],
  ],
  options: flagSet({
    key: textFlag.default(''),
    filepath: textFlag.optional(),
    meta: textsFlag,
    concurrency: countFlag.default(defaultUploadConcurrency),
    watch: switchFlag,
    verify: switchFlag,
    force: switchFlag,
    dryRun: switchFlag,
    json: switchFlag,
  }),
  examples: [
    'rearview upload suspicious.doc',
    'rearview upload --key mail/2026-01 --meta source=gateway attachments/',
    'rearview upload --watch --key hosts/web-1 /srv/uploads',
  ],
  handlesInterrupt: true,
  async run(context, { args, options, globals }) {
    const { concurrency, watch, verify, force, dryRun, json } = options;
    if (watch && (dryRun || verify || force)) {
      throw new RearviewError('ERR_USAGE', '--watch cannot be combined with --dry-run, --verify or --force.');
    }
    const roots = await namedPaths(args, context.cwd);
    if (options.filepath !== undefined) await requireSingleFile(roots);
    const metadata = { ...collectorMetadata(), ...userMetadata(options.meta, options.filepath) };
    const target = await openUploadDestination(globals);
    try {
      const { journal, close } = target.openJournal();
      const progress = createUploadProgress(context, { bucket: target.store.bucket, json });
      try {
        const run: UploadRun = {
          ...{ source: fileSource, store: target.store, journal, metadata, concurrency },
          walk: () => namedFiles(roots, options.key),
          report: progress.report,
          onBytes: progress.sent,
          signal: context.signal,
        };
        if (watch) return await watchFolders(run, progress, target.advice());
        const sums = await uploadFiles({ ...run, files: run.walk(), verify, force, dryRun });
        progress.stop();
        await progress.line(describeSums(sums, dryRun));
        const advice = sums.uploaded > 0 ? target.advice() : null;
        if (advice !== null) await progress.line(advice);
        return await exitCodeFor(sums, context, progress);
      } finally {
        progress.stop();
        close();
      }
    } finally {
      await target.close();
    }
  },
});

type UploadRun = Omit<UploadFilesOptions, 'files'> & {
  readonly walk: () => AsyncIterable<UploadFile>;
  readonly signal: AbortSignal;
};

async function watchFolders(run: UploadRun, progress: UploadProgress, advice: string | null): Promise<number> {
  if (advice !== null) await progress.line(advice);
  await watchUploads({
    ...run,
    settleMs,
    goesOn(error) {
      if (!(error instanceof RearviewError && error.retryable)) return false;
      void progress.line(`Trying again: ${safeText(messageOf(error))}`);
      return true;
    },
  });
  return exitCodes.ok;
}

async function exitCodeFor(sums: UploadSums, { signal }: CliContext, progress: UploadProgress): Promise<number> {
  if (signal.aborted) {
    await progress.line('Interrupted: not all files were processed. The same command resumes here.');
    return exitCodes.interrupted;
  }
  return sums.failed > 0 ? exitCodes.problems : exitCodes.ok;
}

async function requireSingleFile(roots: readonly { readonly location: Buffer }[]): Promise<void> {
  const [first] = roots;
  const isFile = first !== undefined && (await stat(first.location).then((stats) => !stats.isDirectory()));
  if (roots.length === 1 && isFile) return;
  throw new RearviewError('ERR_USAGE', '--filepath needs a single file, not a folder.');
}

function describeSums({ uploaded, planned, present, unchanged, failed, bytes }: UploadSums, dryRun: boolean): string {
  const moved = dryRun ? `${plural(planned, 'file')} would be uploaded` : `${plural(uploaded, 'file')} uploaded`;
  return `${moved} (${formatBytes(bytes)}), ${formatCount(present + unchanged)} already stored, ${formatCount(failed)} failed`;
}
