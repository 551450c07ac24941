import { styleText } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { collector } from '../../testing/cli/run-cli.ts';
import { runnerCommands } from '../../testing/cli/runner-commands.ts';
import { runs } from '../../testing/runs.ts';
import { eraseLine, guardOutput, printWorkflowCommand } from './guarded-output.ts';
import { printLine } from './output.ts';
import { workflowCommand } from './workflow-command.ts';

function guardedCollector() {
  const { stream, text } = collector();
  return { guarded: guardOutput(stream), text };
}

function written(...chunks: readonly string[]): string {
  const { guarded, text } = guardedCollector();
  for (const chunk of chunks) guarded.write(chunk);
  return text();
}

test('ordinary output is written as it is', (t) => {
  const ordinary = 'a::b ::error::\n  - "x": [1]\n# [x] #[y] ## [z]\n:x:: a\n\n\ttail';
  t.is(written(ordinary), ordinary);
});

test('text that a runner would read as a command gets a backslash', (t) => {
  t.is(
    written('::error::a\n \t::add-mask::b\nx ##[group]c\r::debug::d'),
    ':\\:error::a\n \t:\\:add-mask::b\nx ##\\[group]c\\r:\\:debug::d',
  );
  t.is(
    written('\u0085::error::a\u2028::b\n\ufeff\u200b::error::'),
    '\\x85:\\:error::a\\u2028::b\n\\ufeff\\u200b:\\:error::',
  );
});

test('however it is cut into writes, no hostile output is a command', (t) => {
  const piece = fc.constantFrom(
    ...[':', '::', '#', '##', '[', '##[', ']', 'error', 'add-mask', '::stop-commands::', '##[set-output name=a]b'],
    ...[' ', '\t', '\n', '\r', '\r\n', '\u0085', '\u00a0', '\ufeff', 'x', '\\', '\u001b[2K', '::error file=a::b'],
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 30 }), (pieces) => {
      const log = written(...pieces);
      t.deepEqual(runnerCommands(log), []);
      t.is(log, written(pieces.join('')));
      t.notRegex(log, /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: runs(500) },
  );
});

test('control and format characters are escaped, even if the caller forgot to; our colours, and the end of a status line, are not', (t) => {
  t.is(written('a\u001b]0;x\u0007\u001b[2J\r\u009b31m\u202eb\tc\n'), 'a\\x1b]0;x\\x07\\x1b[2J\\r\\x9b31m\\u202eb\tc\n');
  const coloured = styleText('red', `x ${styleText('bold', 'y', { validateStream: false })}`, {
    validateStream: false,
  });
  t.is(written(coloured), coloured);
  t.is(written('\u001b[8mhidden\u001b[0m'), '\\x1b[8mhidden\\x1b[0m');
  const { guarded, text } = guardedCollector();
  eraseLine(guarded);
  t.is(text(), '\r\u001b[2K');
});

test('an intended command stays a command', async (t) => {
  const { guarded, text } = guardedCollector();
  await printLine(guarded, '::error::forged');
  await printWorkflowCommand(guarded, workflowCommand('error', { title: 'a' }, ['meant']));
  await printLine(guarded, '::error::forged');
  t.deepEqual(
    runnerCommands(text()).map(({ data }) => data),
    ['meant'],
  );
});

test('a guarded stream waits as the stream does, and is otherwise the same', async (t) => {
  const { guarded, text } = guardedCollector();
  const large = 'x'.repeat(100_000);
  await printLine(guarded, large);
  await printLine(guarded, 'end');
  t.is(text(), `${large}\nend\n`);
  t.false(guarded.destroyed);
  t.is(Reflect.get(guardOutput(Object.assign(collector().stream, { columns: 7 })), 'columns'), 7);
});
