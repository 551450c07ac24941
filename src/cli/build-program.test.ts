import test from 'ava';
import { namedCommand } from './build-program.ts';

test('a command is found by its words, after any global options', (t) => {
  const found = namedCommand(['matches', 'list']);
  t.is(found?.summary, 'List matches, newest first.');
  t.is(namedCommand(['--state', 'folder', 'matches', 'list', '--json']), found);
  t.is(namedCommand(['--state=folder', '--target', 'aws', '--rules=', 'matches', 'list']), found);
  t.is(namedCommand(['--tests', 'up', 'matches', 'list']), found);
});

test('other command lines name no command', (t) => {
  for (const argv of [
    [],
    ['--help'],
    ['matches'],
    ['matches', '--help'],
    ['list'],
    ['--state'],
    ['--state', 'matches', 'list'],
    ['--stat', 'folder', 'matches', 'list'],
    ['--json', 'matches', 'list'],
    ['help', 'matches', 'list'],
  ]) {
    t.is(namedCommand(argv), null, argv.join(' '));
  }
});
