import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type WalkedFile, type WalkRoot, walkPaths } from '../../adapters/local/walk-paths.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { encodePath } from '../../domain/path-key.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { switchFlag } from '../flags.ts';
import { namedPaths } from '../named-paths.ts';
import { jsonLine, plural, printLine, safeText } from '../output.ts';
import { withHome } from '../with-home.ts';

/** `upload`. */
export const upload = defineCommand({
  name: 'upload',
  summary: 'Put files into the corpus, to be scanned at once.',
  description:
    'Copies files, and all files below folders, into the corpus of this machine. Each is scanned as it arrives, and again whenever rules change. A file is stored under its name, those of a folder under the name of the folder; uploading it again makes a new version. Prints key and version of each. Ends with 1 where a file could not be uploaded; the others are.',
  args: [['<path...>', 'Files and folders.']],
  flags: [
    ['--key <prefix>', 'Folder in the corpus to store them under.'],
    [
      '--filepath <path>',
      'Where the file came from, for rules that ask. Default: its absolute path. For a single file.',
    ],
    ['--meta <name=value...>', 'Something to keep with the files; may be given more than once.'],
    ['--json', 'JSON, one object a line.'],
  ],
  options: z.object({
    key: z.string().default(''),
    filepath: z.string().optional(),
    meta: z.array(z.string()).default([]),
    json: switchFlag,
  }),
  examples: ['rearview upload suspicious.doc', 'rearview upload --key mail/2026-01 --meta source=gateway attachments/'],
  async run({ stdout, stderr, cwd }, { args, options, globals }) {
    const roots = await namedPaths(args, cwd);
    const metadata = metadataOf(options);
    return withHome(globals, async (home) => {
      const sums = { uploaded: 0, failed: 0 };
      for (const root of roots) {
        for await (const file of walkPaths([root])) {
          try {
            if (options.filepath !== undefined && sums.uploaded > 0) throw severalFiles();
            const key = keyOf(options.key, root, file);
            const info = await put(home.corpus, key, file, metadata);
            const { bucket, version, size } = info;
            await printLine(
              stdout,
              options.json ? jsonLine({ bucket, key, version, size }) : `${safeText(key)}  ${version}`,
            );
            sums.uploaded += 1;
          } catch (error) {
            if (!(error instanceof RearviewError) || !perFile.includes(error.code)) throw error;
            sums.failed += 1;
            await printLine(stderr, `not uploaded: ${safeText(file.path)}: ${safeText(messageOf(error))}`);
          }
        }
      }
      await printLine(stderr, `${plural(sums.uploaded, 'file')} uploaded, ${sums.failed} not`);
      if (sums.uploaded > 0 && !home.isPipelineRunning()) {
        await printLine(stderr, 'No process runs the pipeline: they are scanned when "rearview up" runs.');
      }
      return sums.failed > 0 ? exitCodes.findings : exitCodes.ok;
    });
  },
});

/** What one file can suffer without the others being concerned. */
const perFile: readonly string[] = [
  'ERR_OBJECT_UNSUPPORTED',
  'ERR_OBJECT_DENIED',
  'ERR_OBJECT_GONE',
  'ERR_OBJECT_CHANGED',
  'ERR_CONFIG',
];

function severalFiles(): RearviewError {
  return new RearviewError('ERR_USAGE', '--filepath is for a single file: only the first was uploaded.');
}

function metadataOf({ filepath, meta }: { readonly filepath?: string | undefined; readonly meta: readonly string[] }) {
  const metadata: Record<string, string> = {};
  for (const each of meta) {
    const [, name, value] = /^([A-Za-z0-9_.-]+)=(.*)$/s.exec(each) ?? [];
    if (name === undefined || value === undefined) {
      throw new RearviewError('ERR_USAGE', `--meta: "${each}" is not of the form name=value.`);
    }
    metadata[name.toLowerCase()] = value;
  }
  return filepath === undefined ? metadata : { ...metadata, filepath };
}

function keyOf(prefix: string, root: WalkRoot, { location }: WalkedFile): string {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  // Under the name that was given, which may be that of a link; "." has none of its own.
  const given = path.posix.basename(root.given.toString());
  const name =
    given === '' || given === '.' || given === '..'
      ? lastPart(root.location)
      : root.given.subarray(root.given.lastIndexOf(given));
  const below = location.subarray(root.location.length);
  return folder + encodePath(Buffer.concat([trimSlashes(name), below]));
}

function lastPart(location: Buffer): Buffer {
  return location.subarray(location.lastIndexOf('/') + 1);
}

function trimSlashes(name: Buffer): Buffer {
  let end = name.length;
  while (end > 0 && name[end - 1] === 0x2f) end -= 1;
  return name.subarray(0, end);
}

async function put(store: ObjectStore, key: string, file: WalkedFile, metadata: Readonly<Record<string, string>>) {
  const { location, problem } = file;
  if (problem !== undefined) {
    throw new RearviewError(
      problem.reason === 'not_a_regular_file' ? 'ERR_OBJECT_UNSUPPORTED' : 'ERR_OBJECT_DENIED',
      problem.detail,
    );
  }
  const handle = await open(location, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (cause: unknown) => {
      throw new RearviewError('ERR_OBJECT_DENIED', messageOf(cause), { cause });
    },
  );
  // Reading to the end closes it.
  const content = handle.createReadStream();
  return store.put(key, content, { metadata: { filepath: encodePath(location), ...metadata } });
}
