import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createTestCli, testedRule } from '../../testing/cli/run-cli.ts';

test('a match of a retro scan that applied only the new rules names the published ruleset', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'in/a.txt': 'a needle', ...testedRule('Other', 'nowhere') });
  t.is((await cli.run('up', '--once', '--corpus', 'in', '--jobs', '1')).code, 0);
  await cli.write(testedRule('Needle', 'needle'));
  t.is((await cli.run('publish')).code, 0);
  t.is((await cli.run('retro', 'start', '--jobs', '1')).code, 0);

  const [active] = (await cli.run('ruleset', 'list', '--json')).lines;
  const id = String(active?.['rulesetId']);
  const [match] = (await cli.run('matches', 'list', '--json')).lines;
  t.like(match, { rule: 'Needle', ruleset: { id } });
  const shown = await cli.run('matches', 'show', String(match?.['sha256']));
  t.regex(shown.stdout, new RegExp(`^ {2}found {4}\\S+ by retro-\\S+, ruleset ${id}$`, 'm'));
  const alerts = await readFile(join(cli.dir, '.rearview/alerts.jsonl'), 'utf8');
  t.like(JSON.parse(alerts), { rule: { name: 'Needle' }, ruleset: { id } });
});
