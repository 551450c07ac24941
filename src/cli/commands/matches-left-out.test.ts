import test from 'ava';
import { createTestCli } from '../../testing/cli/run-cli.ts';
import { ruleFor } from '../../testing/local/test-target.ts';

test('a stored match of a public rule that is left out now says so, with the reason', async (t) => {
  const cli = await createTestCli(t);
  const file = 'rules/vendor/p/a.yar';
  await cli.write({
    'rules/sources.yaml': 'sources:\n  p: { url: https://example.com/p, state: active }\n',
    [file]: ruleFor('Found', 'evil') + ruleFor('Stays', 'evil and more'),
    'in/x': 'evil and more',
  });
  t.is((await cli.run('publish')).code, 0);
  t.is((await cli.run('upload', 'in')).code, 0);
  t.is((await cli.run('up', '--once')).code, 0);
  t.false((await cli.run('matches', 'list')).stdout.includes('quarantined'));

  // The second rule of a name is left out, and the first stays.
  const stays = ruleFor('Stays', 'evil and more');
  await cli.write({ [file]: `rule Found { condition: thor }${stays}${stays}` });
  t.is((await cli.run('publish')).code, 0);
  const { stdout } = await cli.run('matches', 'list');
  t.regex(stdout, /Found .* \(now quarantined\)$/m);
  t.notRegex(stdout, /Stays .*quarantined/);
  const json = (await cli.run('matches', 'list', '--json')).lines;
  const leftOut = { kind: 'quarantined', reason: 'unknown identifier `thor`: this identifier has not been declared' };
  const leftOutOf = (name: string) => json.find((each) => each['rule'] === name)?.['leftOut'];
  t.deepEqual([leftOutOf('Found'), leftOutOf('Stays')], [leftOut, undefined]);
  const shown = await cli.run('matches', 'show', String(json[0]?.['sha256']));
  t.regex(
    shown.stdout,
    /vendor\/p\/a\.yar:Found\n {2}rule {5}not scanned with now, quarantined: unknown identifier `thor`/,
  );
});
