import test from 'ava';
import { createTestCli, type TestCli, testedRule } from '../../../testing/cli/run-cli.ts';
import { stagedRule } from '../../../testing/rules/staged-rule.ts';

async function publish(cli: TestCli): Promise<void> {
  const { code, stderr } = await cli.run('publish');
  if (code !== 0) throw new Error(stderr);
}

test('publish records since when rules are staged, and rules staged shows them with their matches', async (t) => {
  const cli = await createTestCli(t);
  t.is((await cli.run('rules', 'staged')).code, 2, 'there is no state yet');
  await cli.write({
    ...stagedRule('Quiet', 'quiet'),
    ...testedRule('Loud', 'loud'),
    'files/one': 'quiet',
    'files/two': 'quiet too',
  });
  const before = new Date().toISOString();
  await publish(cli);
  const after = new Date().toISOString();
  await publish(cli);
  t.is((await cli.run('upload', 'files')).code, 0);
  const [fresh] = (await cli.run('rules', 'staged', '--json')).lines;
  t.like(fresh, {
    ...{ rule: 'quiet.yar:Quiet', live: { contents: 0, objects: 0 }, rate: null, decision: 'soaking', band: 5 },
    isWhole: true,
  });
  t.true(String(fresh?.['since']) >= before && String(fresh?.['since']) <= after);

  t.is((await cli.run('retro', 'start')).code, 0);
  const { stdout } = await cli.run('rules', 'staged');
  t.regex(stdout, /^RULE +STAGED SINCE.*\nquiet\.yar:Quiet +20\d\d-.* 0\.0 .* soaking\n$/);

  await cli.write({ 'rearview.yaml': 'staged: { soakDays: 0.0000001 }\n' });
  const [due] = (await cli.run('rules', 'staged', '--json')).lines;
  t.is(due?.['decision'], 'promote');
  // The scan and the queue race for them.
  t.deepEqual([...JSON.stringify(due?.['examples']).matchAll(/files\/(\w+)"/g)].map(([, path]) => path).sort(), [
    'one',
    'two',
  ]);
  await cli.write({ 'other.yaml': 'staged: { soakDays: 3 }\n' });
  t.like((await cli.run('rules', 'staged', '--json', '--config', 'other.yaml')).lines[0], { decision: 'soaking' });
});

test('a rule that is no longer staged is not shown', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(stagedRule('Quiet', 'quiet'));
  await publish(cli);
  await cli.write(testedRule('Quiet', 'quiet'));
  await publish(cli);
  t.is((await cli.run('rules', 'staged')).stdout, 'no staged rules are active\n');
  t.is((await cli.run('rules', 'staged', '--json')).stdout, '');
});

test('a rule that a rollback removed soaks again when it returns', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(testedRule('Old', 'old'));
  await cli.run('publish');
  await cli.write(stagedRule('Quiet', 'quiet'));
  await cli.run('publish');
  const since = async () => (await cli.run('rules', 'staged', '--json')).lines[0]?.['since'];
  const first = await since();
  t.is(typeof first, 'string');
  t.is((await cli.run('ruleset', 'rollback')).code, 0);
  t.is(await since(), undefined);
  t.is((await cli.run('ruleset', 'rollback', '2')).code, 0);
  t.true(String(await since()) > String(first));
});
