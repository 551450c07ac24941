import test from 'ava';
import fc from 'fast-check';
import { collector } from '../../testing/cli/run-cli.ts';
import { formatBytes, formatCount, formatDuration, jsonLine, painter, plural, safeText, table } from './output.ts';

test('text from outside cannot move the cursor, forge a line or turn itself around', (t) => {
  t.is(safeText('a\nb\r\t\u001b[31mc\u007f\u009b'), 'a\\nb\\r\\t\\x1b[31mc\\x7f\\x9b');
  t.is(safeText('exe.\u202Ecod'), 'exe.\\u202ecod');
  t.is(safeText('a\u00adb\u200bc\u{e0041}d'), 'a\\xadb\\u200bc\\u{e0041}d');
  t.is(safeText('\ud800'), '\\ud800');
  t.is(safeText('Grüße 😀 日本'), 'Grüße 😀 日本');
});

test('no text is left with a control character, and JSON reads back the same', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      t.notRegex(safeText(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      const json = jsonLine({ text });
      t.notRegex(json, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      t.deepEqual(JSON.parse(json), { text });
    }),
  );
});

test('bytes, durations and counts are shown in units that fit', (t) => {
  t.is(formatBytes(0), '0 B');
  t.is(formatBytes(1536), '1.5 KiB');
  t.is(formatBytes(256 * 1024 ** 2), '256 MiB');
  t.is(formatDuration(350), '350 ms');
  t.is(formatDuration(4200), '4.2 s');
  t.is(formatDuration(185_000), '3 min 5 s');
  t.is(formatDuration(7_800_000), '2 h 10 min');
  t.is(formatDuration(3 * 86_400_000), '3 d 0 h');
  t.is(formatCount(12345), '12,345');
  t.is(plural(1, 'file'), '1 file');
  t.is(plural(2, 'match', 'matches'), '2 matches');
});

test('numbers stand to the right, text to the left', (t) => {
  t.is(
    table(
      ['NAME', 'N'],
      [
        ['a', 1],
        ['bcd\n', 100],
      ],
    ),
    'NAME     N\na        1\nbcd\\n  100',
  );
});

test('colour is only for a terminal, and not with NO_COLOR', (t) => {
  const context = (isTerminal: boolean, env: Record<string, string>) => ({
    stdout: collector().stream,
    stderr: collector().stream,
    cwd: '/',
    env,
    isTerminal: { stdout: isTerminal, stderr: isTerminal },
    signal: new AbortController().signal,
  });
  t.is(painter(context(false, {}), 'stdout')('red', 'x'), 'x');
  t.is(painter(context(true, { NO_COLOR: '1' }), 'stdout')('red', 'x'), 'x');
  t.is(painter(context(true, {}), 'stdout')('red', 'x'), '\u001b[31mx\u001b[39m');
});

test('a table may have more rows than a call has arguments', (t) => {
  const rows = Array.from({ length: 300_000 }, (_, index) => [index]);
  t.is(table(['n'], rows).split('\n').at(-1), '299999');
});
