import { readFile } from 'node:fs/promises';
import test from 'ava';
import { createTestCli } from '../testing/run-cli.ts';
import { groups } from './commands.ts';

test('docs/command-line.md shows the help of every command as it is', async (t) => {
  const page = await readFile(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
  const sections = [...page.matchAll(/^## (.+)\n\n```\n([\s\S]*?)```$/gm)];
  t.is(
    sections.length,
    groups.reduce((sum, group) => sum + group.commands.length, 0),
  );
  const cli = await createTestCli(t);
  for (const [, name = '', shown = ''] of sections) {
    const { stdout } = await cli.run(...name.split(' '), '--help');
    t.is(shown.trim().replace(/\n{2,}/g, '\n\n'), stdout.trim().replace(/\n{2,}/g, '\n\n'), name);
  }
});
