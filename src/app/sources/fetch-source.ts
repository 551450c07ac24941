import { mkdir, rm } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { RearviewError } from '../../domain/errors.ts';
import type { FetchedRepository, RuleRepositories, TreeEntry } from '../../ports/rule-repositories.ts';
import { decodeRuleText, maxRuleFileBytes } from '../../rules/rule-text.ts';
import { type FoundLicence, recognizeLicence } from '../../rules/sources/recognize-licence.ts';
import { collisions, isLfsPointer, pathProblem, selectFiles } from '../../rules/sources/select-files.ts';
import type { RuleSourceConfig } from '../../rules/sources/source-config.ts';
import { takesFile } from '../../rules/sources/source-filter.ts';
import { isLocalPath } from '../../rules/sources/source-url.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import { findUnusedFilePatterns, findUnusedPatterns } from './find-unused-patterns.ts';
import type { VendoredFile } from './vendored-folder.ts';

/** Limits of one source, far above those of public packs. */
const maxFiles = 50_000;
const maxTotalBytes = 256 * 1024 ** 2;
/** Reasons in one message. */
const maxReasons = 10;

/** The content of a source at one commit. */
export interface FetchedSource {
  readonly commit: string;
  readonly files: readonly VendoredFile[];
  readonly licence: FoundLicence;
  /** Patterns of the source that fit nothing, as sentences. */
  readonly unused: readonly string[];
}

/**
 * Fetches a source, and reads the files it takes: rule files, the files that these include, and the
 * licence. Bytes are as stored.
 * @param options.rulesDir local paths are relative to it
 * @param options.folder does not exist; for the repository, and removed afterwards
 * @throws RearviewError `ERR_CONFIG` listing what is refused: symbolic links, submodules, pointers of
 *   Git LFS, names that lead elsewhere, and sizes; as `RuleRepositories.fetch`
 */
export async function fetchSource(
  repositories: RuleRepositories,
  source: RuleSourceConfig,
  { rulesDir, folder }: { readonly rulesDir: string; readonly folder: string },
): Promise<FetchedSource> {
  await mkdir(folder);
  try {
    const url = isLocalPath(source.url) ? resolve(rulesDir, source.url) : source.url;
    const repository = await repositories.fetch({ url, ref: source.ref }, folder);
    const { rules, licences, refusals } = selectFiles(source, repository.entries);
    refuseAny(source, refusals);
    if (rules.length === 0) throw refusal(source, 'it has no rule file that the patterns take. Check files.include');
    const chosen = await withIncludes(repository, source, rules);
    const texts = await readChecked(repository, source, licences);
    refuseAny(
      source,
      collisions([...chosen, ...texts].map(({ path }) => path)).map(
        (path) => `${path} collides with another entry: their names are the same, or differ only in case`,
      ),
    );
    const paths = repository.entries.map(({ path }) => path);
    const unused = [...findUnusedFilePatterns(source, paths), ...findUnusedPatterns(source, chosen)];
    return { commit: repository.commit, files: [...chosen, ...texts], licence: licenceOf(texts), unused };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Adds the files that rule files include, at any depth, as far as the repository has them. */
async function withIncludes(
  repository: FetchedRepository,
  source: RuleSourceConfig,
  rules: readonly TreeEntry[],
): Promise<readonly VendoredFile[]> {
  const entries = new Map(repository.entries.map((entry) => [entry.path, entry]));
  const taken = new Map(rules.map((entry) => [entry.path, entry]));
  const files: VendoredFile[] = [];
  for (let wanted: readonly TreeEntry[] = rules; wanted.length > 0; ) {
    requireLimits(source, [...taken.values()]);
    const read = await readChecked(repository, source, wanted);
    files.push(...read);
    const found = read
      .flatMap((file) => includesOf(file))
      .flatMap((paths) => {
        const entry = paths.map((path) => entries.get(path)).find((each) => each !== undefined);
        return entry === undefined || taken.has(entry.path) || isExcluded(source, entry.path) ? [] : [entry];
      });
    wanted = [...new Map(found.map((entry) => [entry.path, entry])).values()];
    refuseAny(
      source,
      wanted
        .filter(({ kind }) => kind !== 'file')
        .map(({ path }) => `${path}, which a rule file includes, is a symbolic link or submodule`),
    );
    for (const entry of wanted) taken.set(entry.path, entry);
  }
  return files;
}

function isExcluded({ files }: RuleSourceConfig, path: string): boolean {
  return !takesFile({ files: { include: [], exclude: files.exclude } }, path);
}

/** The paths that each include of a file may mean: next to it, or from the top. */
function includesOf({ path, content }: VendoredFile): readonly (readonly string[])[] {
  const { text } = decodeRuleText(content, path);
  if (!text.includes('include')) return [];
  return parseSource(text).includes.map(({ value }) => [
    posix.normalize(posix.join(posix.dirname(path), value)),
    posix.normalize(value),
  ]);
}

/** Reads files whose names can be written, and that hold their own content. */
async function readChecked(
  repository: FetchedRepository,
  source: RuleSourceConfig,
  entries: readonly TreeEntry[],
): Promise<readonly VendoredFile[]> {
  refuseAny(
    source,
    entries.flatMap(({ path }) => {
      const problem = pathProblem(path);
      return problem === null ? [] : [`${path}: ${problem}`];
    }),
  );
  requireLimits(source, entries);
  const contents = await repository.read(entries);
  const files = entries.flatMap(({ path }, index) => {
    const content = contents[index];
    return content === undefined ? [] : [{ path, content }];
  });
  refuseAny(
    source,
    files.filter(({ content }) => isLfsPointer(content)).map(({ path }) => `${path} is a pointer of Git LFS`),
  );
  return files;
}

function requireLimits(source: RuleSourceConfig, entries: readonly TreeEntry[]): void {
  const large = entries.filter(({ size }) => size > maxRuleFileBytes);
  refuseAny(
    source,
    large.map(({ path, size }) => `${path} has ${size} bytes, more than ${maxRuleFileBytes}`),
  );
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  if (entries.length <= maxFiles && bytes <= maxTotalBytes) return;
  throw refusal(source, `it has ${entries.length} files with ${bytes} bytes, too many. Take fewer with files.include`);
}

function licenceOf(texts: readonly VendoredFile[]): FoundLicence {
  const all = texts.map(({ path, content }) => ({ file: path, id: recognizeLicence(Buffer.from(content).toString()) }));
  return all.find(({ id }) => id !== null) ?? all[0] ?? { file: null, id: null };
}

function refuseAny(source: RuleSourceConfig, reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  const more = reasons.length > maxReasons ? [`and ${reasons.length - maxReasons} more`] : [];
  const all = [...reasons.slice(0, maxReasons), ...more];
  throw refusal(source, `${all.join('; ')}. Leave out what is refused with files.exclude`);
}

function refusal({ name }: RuleSourceConfig, what: string): RearviewError {
  return new RearviewError('ERR_CONFIG', `Source ${name}: ${what}.`);
}

/** Name of the folder for a repository while it is fetched. */
export function repositoryFolder(workDir: string, { namespace }: RuleSourceConfig): string {
  return join(workDir, `git-${namespace}`);
}
