import { readFile } from 'node:fs/promises';
import test from 'ava';
import { exitCodeOf, exitCodes } from '../../src/cli/exit-codes.ts';
import { type ErrorCode, RearviewError } from '../../src/domain/errors.ts';

const root = new URL('../../', import.meta.url);
const page = await readFile(new URL('docs/reference/errors.md', root), 'utf8');
const rows = [...page.matchAll(/^\| `(ERR_\w+)` \| (\d+) \| ([^|]+) \| ([^|]+) \|$/gm)];
const source = await readFile(new URL('src/domain/errors.ts', root), 'utf8');
const isCode = (text: string): text is ErrorCode => codes.has(text);
const codes: ReadonlySet<string> = new Set([...source.matchAll(/^ {2}\| '(ERR_\w+)'/gm)].map(([, code = '']) => code));

test('every error code has one row, with its meaning and a fix', (t) => {
  t.true(codes.size >= 20, String(codes.size));
  t.deepEqual(rows.map(([, code]) => code).toSorted(), [...codes].toSorted());
});

test('the exit code of each row is the one that a command ends with', (t) => {
  for (const [, code = '', exit] of rows) {
    if (isCode(code)) t.is(Number(exit), exitCodeOf(new RearviewError(code, '')), code);
  }
});

test('every exit code has a row', (t) => {
  const listed = [...page.matchAll(/^\| (\d+) \| /gm)].map(([, code]) => Number(code));
  t.deepEqual(
    listed,
    Object.values(exitCodes).toSorted((one, other) => one - other),
  );
});
