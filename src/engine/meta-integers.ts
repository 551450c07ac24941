import type { Diagnostic } from '../domain/diagnostic.ts';

/** White space and comments; sticky, like all that follow. */
const gap = /(?:\s|\/\/[^\n]*|\/\*.*?\*\/)*/sy;
const identifier = /[A-Za-z_]\w*/y;
const colon = /:/y;
const equals = /=/y;
const minus = /-/y;
const value = /"(?:\\.|[^"\\\n])*"|[0-9][0-9a-zA-Z_.]*|true\b|false\b/sy;
const integer = /^(0x[0-9a-f]+|0o[0-7]+|[0-9]+)(KB|MB)?$/i;
const units: Readonly<Record<string, bigint>> = { KB: 1024n, MB: 1024n ** 2n };

/**
 * Integers in `meta` that JavaScript cannot hold exactly. The engine compiles such a rule, and then fails every scan that it
 * matches ("can't be represented as a JavaScript number"), so they count as errors.
 * @param source that compiles
 */
export function unsafeMetaIntegers(namespace: string, source: string): Diagnostic[] {
  return [...source.matchAll(/\bmeta\b/g)].flatMap(({ index }) => {
    const take = taker(source, index + 'meta'.length);
    const found: Diagnostic[] = [];
    if (take(colon) === undefined) return found;
    while (take(identifier) !== undefined && take(equals) !== undefined) {
      take(minus);
      const written = take(value);
      if (written === undefined) break;
      if (isUnsafe(written.text)) found.push(diagnostic(namespace, source, written));
    }
    return found;
  });
}

interface Token {
  readonly text: string;
  readonly offset: number;
}

/** Reads token after token, each where the last one ended. One expression over all of them could backtrack without end. */
function taker(source: string, from: number): (token: RegExp) => Token | undefined {
  let at = from;
  const read = (expression: RegExp): string | undefined => {
    expression.lastIndex = at;
    const text = expression.exec(source)?.[0];
    at += text?.length ?? 0;
    return text;
  };
  return (token) => {
    read(gap);
    const offset = at;
    const text = read(token);
    return text === undefined ? undefined : { text, offset };
  };
}

function isUnsafe(written: string): boolean {
  const [, digits, unit] = integer.exec(written) ?? [];
  if (digits === undefined) return false;
  return BigInt(digits) * (units[unit?.toUpperCase() ?? ''] ?? 1n) > BigInt(Number.MAX_SAFE_INTEGER);
}

function diagnostic(file: string, source: string, { text, offset }: Token): Diagnostic {
  const before = source.slice(0, offset).split('\n');
  return {
    severity: 'error',
    code: 'engine/meta-integer',
    message: `the integer ${text} in meta is too large to be reported exactly: put it in quotes`,
    file,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
  };
}
