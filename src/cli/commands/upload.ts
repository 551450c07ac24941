import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { defaultUploadConcurrency, type UploadFilesOptions, uploadFiles } from '../../app/uploads/upload-files.ts';
import type { UploadFile, UploadSums } from '../../app/uploads/upload-report.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { CliContext } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { countFlag, switchFlag } from '../flags/flags.ts';
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
    'Copies files, and all files below folders, into the corpus. Each is scanned as it arrives, and again whenever rules change. A file is stored under its name, those of a folder under the name of the folder; symbolic links inside folders are passed over.\n\nWhat is there already is not sent again: a file that did not change since it was uploaded is not even read, and one whose SHA-256 the object at its key has is not sent. So after a crash, or Ctrl-C, the same command goes on where it was. A file that changed makes a new version. With each file are kept filepath, mtime, host, collector and sha256.\n\nPrints key and version of each file that was uploaded. Ends with 1 where a file could not be uploaded; the others are.',
  args: [['<path...>', 'Files and folders.']],
  flags: [
    ['--key <prefix>', 'Folder in the corpus to store them under.'],
    [
      '--filepath <path>',
      'Where the file came from, for rules that ask. Default: its absolute path. For a single file.',
    ],
    [
      '--meta <name=value...>',
      'Something to keep with the files; may be given more than once. A file that is there keeps what it has, unless with --force.',
    ],
    ['--concurrency <n>', 'Files under way at once. Default: 8.'],
    ['--watch', 'Stay, and upload what appears or changes, once it has rested for a second. Ctrl-C ends it.'],
    ['--verify', 'Read every file and compare it with what is there, whatever is known from earlier runs.'],
    ['--force', 'Upload what is there as well.'],
    ['--dry-run', 'Say what would be uploaded; upload nothing.'],
    [
      '--json',
      'JSON, one object a file: {status, path, bucket, key, version, size, sha256}, status being uploaded, present (by its SHA-256), unchanged (known from an earlier run), planned (--dry-run) or failed (with reason and detail). With --watch, without those that are unchanged.',
    ],
  ],
  options: z.object({
    key: z.string().default(''),
    filepath: z.string().optional(),
    meta: z.array(z.string()).default([]),
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
      void progress.line(`It is tried again: ${safeText(messageOf(error))}`);
      return true;
    },
  });
  return exitCodes.ok;
}

async function exitCodeFor(sums: UploadSums, { signal }: CliContext, progress: UploadProgress): Promise<number> {
  if (signal.aborted) {
    await progress.line('Interrupted: not all files were looked at. The same command goes on from here.');
    return exitCodes.interrupted;
  }
  return sums.failed > 0 ? exitCodes.findings : exitCodes.ok;
}

async function requireSingleFile(roots: readonly { readonly location: Buffer }[]): Promise<void> {
  const [first] = roots;
  const isFile = first !== undefined && (await stat(first.location).then((stats) => !stats.isDirectory()));
  if (roots.length === 1 && isFile) return;
  throw new RearviewError('ERR_USAGE', '--filepath is for a single file: name one, and no folder.');
}

function describeSums({ uploaded, planned, present, unchanged, failed, bytes }: UploadSums, dryRun: boolean): string {
  const moved = dryRun ? `${plural(planned, 'file')} would be uploaded` : `${plural(uploaded, 'file')} uploaded`;
  return `${moved} (${formatBytes(bytes)}), ${formatCount(present + unchanged)} there already, ${formatCount(failed)} failed`;
}
