import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, posix, relative, resolve, sep, win32 } from 'node:path';
import { messageOf } from '../domain/errors.ts';
import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import { isInside } from '../files/inside-folder.ts';
import { readWithin } from '../files/read-within.ts';
import { holdsAt, suppressionsOf } from './lint/suppress/suppressions.ts';
import { createSourceBuilder, type SourceLine } from './resolved-source.ts';
import { decodeRuleText, maxRuleFileBytes } from './rule-text.ts';
import { createLineIndex } from './syntax/line-index.ts';
import { parseSource } from './syntax/parse.ts';
import type { ParsedSource } from './syntax/syntax.ts';

/** Maximum nesting of includes; far above practical use. */
export const maxIncludeDepth = 32;
/**
 * Maximum number of files that one rule file may include, directly or not: two includes in each of
 * 32 levels would be four billion.
 */
export const maxIncludes = 1000;

/** An include of a file that is itself a rule file. */
export interface IncludedRuleFile {
  /** Path of the included file below the folder, with `/`. */
  readonly namespace: string;
  /** Position of the `include`. */
  readonly place: SourceLine & { readonly column: number };
  /** The codes that comments suppress there. */
  readonly suppressed: readonly string[];
}

/** A rule file with its includes resolved. */
export interface ResolvedSource {
  readonly source: string;
  /** Returns where a line (from 1) of `source` was written. */
  readonly locate: (line: number) => SourceLine;
  /** Codes `load/include` and `load/encoding`. */
  readonly problems: readonly Diagnostic[];
  /** At any depth. */
  readonly included: readonly IncludedRuleFile[];
  /**
   * Whether it includes rule files and contains no other rule (nor anything that may be meant as
   * one).
   */
  readonly isIndex: boolean;
}

/**
 * Replaces each `include` with the text of the included file (the engine cannot read files). A path
 * is looked up next to the including file, then from the rules folder, and never leaves that
 * folder. An include that fails is a problem, and is replaced with nothing.
 * @param options.root the rules folder, absolute and without symbolic links
 * @param options.file path of the file below the folder, with `/`
 * @param options.ruleFiles the paths of all rule files of the folder by their real paths, which are
 *   absolute
 * @param options.refuse returns why a file of the folder, by its path with `/`, must not be included.
 *   Default: every file may be
 */
export async function resolveIncludes(options: {
  readonly root: string;
  readonly file: string;
  readonly text: string;
  readonly ruleFiles: ReadonlyMap<string, string>;
  readonly refuse?: (path: string) => string | null;
}): Promise<ResolvedSource> {
  const { root, ruleFiles, refuse = () => null } = options;
  const problems: Diagnostic[] = [];
  const includedRuleFiles: IncludedRuleFile[] = [];
  let hasOwnRules = false;
  const builder = createSourceBuilder(options.file);
  let included = 0;

  /**
   * @param isOwn whether no other rule file includes the text on behalf of the current rule file
   */
  const addFile = async (file: string, text: string, chain: readonly string[], isOwn: boolean): Promise<void> => {
    const placeOf = createLineIndex(text);
    const mayBeOfIndex = chain.length > 1 && isOwn && !hasOwnRules;
    // Most files have no include, and need not be parsed here.
    const parsed = /\binclude\b/.test(text) || mayBeOfIndex ? parseSource(text) : nothing;
    if (isOwn && (parsed.rules.length > 0 || parsed.problems.length > 0)) hasOwnRules = true;
    let done = 0;
    for (const include of parsed.includes) {
      builder.add(file, text.slice(done, include.start), placeOf(done));
      done = include.end;
      const found = await readInclude(file, include.value, chain);
      if ('refusal' in found) {
        const message = `include "${include.value}" ${found.refusal}`;
        problems.push({ severity: 'error', code: 'load/include', message, file, ...placeOf(include.start) });
      } else {
        const namespace = ruleFiles.get(found.path);
        if (namespace !== undefined) {
          const place = { file, ...placeOf(include.start) };
          includedRuleFiles.push({ namespace, place, suppressed: suppressedAt(text, parsed, include.start) });
        }
        await addFile(found.file, found.text, [...chain, found.path], isOwn && namespace === undefined);
      }
    }
    builder.add(file, text.slice(done), placeOf(done));
  };

  const readInclude = async (
    from: string,
    value: string,
    chain: readonly string[],
  ): Promise<{ file: string; path: string; text: string } | { refusal: string }> => {
    const found = await findInclude(root, from, value);
    if ('refusal' in found) return found;
    const file = ruleFiles.get(found.path) ?? relative(root, found.path).split(sep).join('/');
    const refusal = refuse(relative(root, found.path).split(sep).join('/'));
    if (refusal !== null) return { refusal };
    if (chain.includes(found.path)) return { refusal: 'is circular: remove it' };
    if (chain.length > maxIncludeDepth) return { refusal: `is nested more than ${maxIncludeDepth} deep` };
    included += 1;
    if (included > maxIncludes) return { refusal: `is one of more than ${maxIncludes} that ${options.file} includes` };
    try {
      const { bytes } = await readWithin(root, found.path, { maxBytes: maxRuleFileBytes });
      const { text, problem } = decodeRuleText(bytes, file);
      if (problem !== null) problems.push(problem);
      return { file, path: found.path, text };
    } catch (error) {
      return { refusal: `cannot be read: ${messageOf(error)}` };
    }
  };

  const own = await realpath(resolve(root, options.file));
  await addFile(options.file, options.text, [own], true);
  return {
    ...builder.build(),
    problems,
    included: includedRuleFiles,
    isIndex: includedRuleFiles.length > 0 && !hasOwnRules,
  };
}

const nothing: ParsedSource = { imports: [], includes: [], rules: [], problems: [], broken: [] };

function suppressedAt(text: string, parsed: ParsedSource, offset: number): readonly string[] {
  const holding = suppressionsOf(text, parsed).filter((each) => holdsAt(each, offset));
  return holding.map(({ code }) => code);
}

async function findInclude(root: string, from: string, value: string): Promise<{ path: string } | { refusal: string }> {
  if (isAbsolute(value) || win32.isAbsolute(value)) return { refusal: 'must be a path inside the rules folder' };
  const candidates = [posix.join(posix.dirname(from), value), value].map((each) => resolve(root, each));
  const inside = candidates.filter((each) => isInside(root, each));
  for (const candidate of inside) {
    // The file system also refuses a NUL or a path that is too long.
    const path = await realpath(candidate).catch(() => null);
    if (path === null) continue;
    if (!isInside(root, path)) return { refusal: 'leads out of the rules folder' };
    const stats = await stat(path).catch(() => null);
    if (stats?.isFile()) return { path };
  }
  if (inside.length === 0) return { refusal: 'leads out of the rules folder' };
  return { refusal: `is not a file next to ${from} or in the rules folder` };
}
