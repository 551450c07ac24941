import test from 'ava';
import fc from 'fast-check';
import { runnerCommands } from '../../testing/cli/runner-commands.ts';
import { safeText } from './output.ts';
import { workflowCommand } from './workflow-command.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom('::', '##[', ']', 'error', ' ', '\n', '\r', '%0A', '%', ',', '=', ':', '\u001b[2K', '\u2028'),
    )
    .map((parts) => parts.join('')),
);

test('a command is escaped as the toolkit of GitHub does', (t) => {
  const place = { file: 'a,b:c%.yar', line: 3, column: 7 };
  t.is(
    workflowCommand('error', { title: 'E009', place }, ['100 %: no,', 'such']),
    '::error file=a%2Cb%3Ac%25.yar,line=3,col=7,title=E009::100 %25: no,%0Asuch',
  );
});

test('a message without a place is shown without one', (t) => {
  t.is(workflowCommand('notice', { title: 'a' }, ['b']), '::notice title=a::b');
  const place = { file: 'a.yar', line: 0, column: 0 };
  t.is(workflowCommand('warning', { title: 'a', place }, ['b']), '::warning file=a.yar,title=a::b');
});

test('a runner reads one command with the message, whatever the message contains', (t) => {
  fc.assert(
    fc.property(hostile, hostile, fc.array(hostile, { minLength: 1, maxLength: 3 }), (file, title, lines) => {
      const command = workflowCommand(
        'error',
        { title: `t${title}`, place: { file: `f${file}`, line: 1, column: 2 } },
        lines,
      );
      t.notRegex(command, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      const [read, ...others] = runnerCommands(command);
      t.is(others.length, 0);
      t.is(read?.command, 'error');
      t.is(read?.data, lines.map(safeText).join('\n'));
      // The runner trims blanks around all properties.
      t.is(read?.properties['title']?.trim(), `t${safeText(title)}`.trim());
      t.like(read?.properties, { file: `f${safeText(file)}`, line: '1', col: '2' });
      t.deepEqual(Object.keys(read?.properties ?? {}), ['file', 'line', 'col', 'title']);
    }),
  );
});
