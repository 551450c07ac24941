import { readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { messageOf } from '../domain/errors.ts';
import { type ParsedDirective, parseSource } from './parse.ts';
import { decodeRuleText, type SourcePlace } from './rule-text.ts';

/** An include inside an include …; far above what anyone writes. */
const maxDepth = 32;

export interface ResolvedSource {
  readonly source: string;
  readonly locate: (line: number) => SourcePlace;
  readonly problems: readonly Diagnostic[];
}

interface Piece extends SourcePlace {
  readonly text: string;
}

/**
 * Puts included files in the place of their `include`, since the engine cannot read files. A path is looked for beside the including file, then from the rules
 * folder; it never leaves that folder. What cannot be included is a problem, and its place stays empty.
 */
export async function resolveIncludes(options: {
  readonly rulesDir: string;
  /** Path below the folder, with `/`. */
  readonly file: string;
  readonly text: string;
}): Promise<ResolvedSource> {
  const problems: Diagnostic[] = [];
  const pieces = await expand(options.rulesDir, options.file, options.text, [options.file], problems);
  const starts: (SourcePlace & { readonly from: number })[] = [];
  let line = 1;
  for (const piece of pieces) {
    starts.push({ from: line, file: piece.file, line: piece.line });
    line += piece.text.split('\n').length - 1;
  }
  return {
    source: pieces.map((piece) => piece.text).join(''),
    problems,
    locate(wanted) {
      const start = starts.findLast((each) => each.from <= wanted);
      return start === undefined
        ? { file: options.file, line: wanted }
        : { file: start.file, line: start.line + wanted - start.from };
    },
  };
}

async function expand(
  rulesDir: string,
  file: string,
  text: string,
  chain: readonly string[],
  problems: Diagnostic[],
): Promise<Piece[]> {
  const { includes } = text.includes('include') ? parseSource(text) : { includes: [] };
  const pieces: Piece[] = [];
  let at = 0;
  let line = 1;
  const cut = (end: number) => {
    const part = text.slice(at, end);
    pieces.push({ file, line, text: part });
    line += part.split('\n').length - 1;
  };
  for (const include of includes) {
    cut(include.start);
    at = include.end;
    line += text.slice(include.start, include.end).split('\n').length - 1;
    const found = await find(rulesDir, file, include, chain);
    if (typeof found === 'string')
      problems.push({ severity: 'error', code: 'load/include', message: found, file, line: include.line, column: 0 });
    else {
      const included = decodeRuleText(found.bytes, found.file, problems);
      // A line of its own at the end, so that a comment there does not swallow what follows the include.
      pieces.push(...(await expand(rulesDir, found.file, `${included}\n`, [...chain, found.file], problems)));
    }
  }
  cut(text.length);
  return pieces;
}

async function find(
  rulesDir: string,
  file: string,
  { value }: ParsedDirective,
  chain: readonly string[],
): Promise<string | { readonly file: string; readonly bytes: Uint8Array }> {
  if (isAbsolute(value)) return `include "${value}": the path must be relative to the file or to the rules folder.`;
  const root = await realpath(rulesDir);
  for (const candidate of [join(dirname(file), value), value]) {
    const path = await realpath(join(root, candidate)).catch(() => null);
    if (path === null) continue;
    const below = relative(root, path).split(sep).join('/');
    if (below.startsWith('..')) return `include "${value}" leads out of the rules folder.`;
    if (chain.includes(below)) return `include "${value}" leads in a circle: ${[...chain, below].join(' → ')}.`;
    if (chain.length > maxDepth) return `include "${value}" is nested more than ${maxDepth} deep.`;
    try {
      return { file: below, bytes: await readFile(path) };
    } catch (error) {
      return `include "${value}" cannot be read: ${messageOf(error)}.`;
    }
  }
  return `include "${value}": there is no such file beside ${file} or in the rules folder.`;
}
