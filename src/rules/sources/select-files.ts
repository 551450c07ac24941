import { mayLieBelow } from '../../domain/text/wildcard.ts';
import type { RuleSourceConfig } from './source-config.ts';
import { takesFile } from './source-filter.ts';

/** An entry of the tree of a repository, as far as its selection needs it. */
export interface SelectableEntry {
  readonly path: string;
  readonly kind: 'file' | 'link' | 'submodule';
  readonly size: number;
}

/** The files of a repository that a source takes. */
export interface SelectedFiles<Entry> {
  readonly rules: readonly Entry[];
  readonly licences: readonly Entry[];
  /** Entries that would be taken and cannot be, each with the reason. */
  readonly refusals: readonly string[];
}

const ruleFile = /\.yara?$/i;
/** At the top of a repository. */
const licenceFile = /^(?:licen[cs]e|copying|unlicense)(?:[-_.][\w.-]*)?$/i;
/** More than any licence text. */
const maxLicenceBytes = 1024 ** 2;

/**
 * Selects the rule files that the patterns of a source name, and the licence files at the top.
 * Files and folders whose names start with a dot are left out, as in the rules folder. Symbolic
 * links and submodules among them are refused, because rules would be missing.
 */
export function selectFiles<Entry extends SelectableEntry>(
  source: Pick<RuleSourceConfig, 'files'>,
  entries: readonly Entry[],
): SelectedFiles<Entry> {
  const visible = entries.filter(({ path }) => !path.split('/').some((part) => part.startsWith('.') && !isDots(part)));
  const refusals = visible.flatMap((entry) => {
    const why = refusalOf(source, entry);
    return why === null ? [] : [`${entry.path} is a ${why}`];
  });
  const files = visible.filter(({ kind }) => kind === 'file');
  return {
    rules: files.filter(({ path }) => ruleFile.test(path) && takesFile(source, path)),
    licences: files.filter(({ path, size }) => isLicence(path) && size <= maxLicenceBytes),
    refusals,
  };
}

/** `.` and `..` are refused by name, and not left out. */
function isDots(part: string): boolean {
  return part === '.' || part === '..';
}

function isLicence(path: string): boolean {
  return licenceFile.test(path) && !ruleFile.test(path);
}

function refusalOf(source: Pick<RuleSourceConfig, 'files'>, { path, kind }: SelectableEntry): string | null {
  if (kind === 'link') {
    const isWanted = ruleFile.test(path) || source.files.include.length > 0;
    return isWanted && takesFile(source, path) ? 'symbolic link' : null;
  }
  if (kind !== 'submodule') return null;
  const { include, exclude } = source.files;
  const isBelow = include.some((pattern) => mayHoldRules(pattern, path));
  const isWanted = takesFile(source, path) || isBelow;
  return isWanted && takesFile({ files: { include: [], exclude } }, `${path}/x.yar`) ? 'submodule' : null;
}

/** Returns whether a pattern may name rule files below a folder: by their names, or by their paths. */
function mayHoldRules(pattern: string, folder: string): boolean {
  const hasPath = pattern.replace(/\/$/, '').includes('/');
  return hasPath ? mayLieBelow(pattern.replace(/^\//, ''), folder) : /\*|\.yara?$/i.test(pattern);
}

/** Names of devices on Windows, and names that its file systems change. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Returns the problem with a path from a repository; null if it can be written below a folder, on
 * any system: no part leads elsewhere, and none is changed by the file system.
 */
export function pathProblem(path: string): string | null {
  const parts = path.split('/');
  if (path.includes('\ufffd')) return 'its name is not UTF-8';
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(path)) return 'its name has control or format characters';
  if (parts.some((part) => part === '' || isDots(part))) return 'its name leads elsewhere';
  if (/[\\:]/.test(path)) return 'its name has "\\" or ":", which lead elsewhere on Windows';
  if (parts.some((part) => /^\.git$|^git~\d/i.test(part))) return 'its name is that of a repository';
  if (parts.some((part) => /[. ]$/.test(part) || device.test(part))) return 'its name is reserved on Windows';
  if (parts.some((part) => Buffer.byteLength(part) > 255) || path.length > 1000) return 'its name is too long';
  return null;
}

/**
 * Returns the paths that a file system cannot hold together with earlier ones: those that differ
 * only in case or in the form of their letters, and files in the place of folders.
 */
export function collisions(paths: readonly string[]): readonly string[] {
  const spellings = new Map<string, { readonly spelling: string; readonly isFolder: boolean }>();
  return paths.filter((path) => {
    const parts = path.split('/');
    const wrong = parts.map((_, index) => {
      const spelling = parts.slice(0, index + 1).join('/');
      const key = spelling.normalize('NFC').toLowerCase();
      const isFolder = index < parts.length - 1;
      const known = spellings.get(key);
      if (known === undefined) spellings.set(key, { spelling, isFolder });
      return known !== undefined && (known.spelling !== spelling || !known.isFolder || !isFolder);
    });
    return wrong.includes(true);
  });
}

/** Returns whether a content is a pointer of Git LFS (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md). */
export function isLfsPointer(content: Uint8Array): boolean {
  return Buffer.from(content.subarray(0, 64)).toString('latin1').startsWith('version https://git-lfs.github.com/spec/');
}
