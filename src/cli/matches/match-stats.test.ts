import test from 'ava';
import { createTestCli, testedRule } from '../../testing/cli/run-cli.ts';
import { createMatchStats, lastDays } from './match-stats.ts';

test('the last days end today, in UTC, across the end of a month', (t) => {
  t.deepEqual(lastDays(3, Date.parse('2026-03-01T23:59:59Z')), ['2026-02-27', '2026-02-28', '2026-03-01']);
});

test('a match of another day is not counted', (t) => {
  const stats = createMatchStats(['2026-03-01']);
  stats.add(Object.assign(Object.create(null), { ruleId: 'a:R', firstSeenAt: '2026-02-28T23:59:59.999Z' }));
  t.deepEqual(stats.end(), []);
});

test('matches stats counts contents and objects by rule and day, with the filters of matches list', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    ...{ ...testedRule('Often', 'evil'), ...testedRule('Once', 'evil one') },
    ...{ 'in/1': 'evil one', 'in/2': 'evil two', 'in/3': 'evil two' },
  });
  t.is((await cli.run('publish')).code, 0);
  t.is((await cli.run('upload', 'in')).code, 0);
  const from = new Date().toISOString().slice(0, 10);
  t.is((await cli.run('up', '--once')).code, 0);
  const json = await cli.run('matches', 'stats', '--days', '2', '--json');
  t.is(json.code, 0, json.stderr);
  t.like(json.lines, [
    { rule: 'often.yar:Often', severity: 'high', matches: 2, objects: 3 },
    { rule: 'once.yar:Once', severity: 'high', matches: 1, objects: 1 },
  ]);
  const counts = Object(json.lines[0]?.['days']) as Record<string, number>;
  t.is(Object.keys(counts).length, 2);
  t.is(
    Object.entries(counts).reduce((sum, [day, count]) => sum + (day >= from ? count : 0), 0),
    2,
  );
  const text = await cli.run('matches', 'stats', '--rule', 'Oft*', '--severity', 'high');
  t.regex(text.stdout, /^RULE +SEVERITY +MATCHES +OBJECTS( +\d\d-\d\d){7}\noften\.yar:Often +high +2 +3( +\d){7}\n$/);
  t.is((await cli.run('matches', 'stats', '--tag', 'none')).stdout, 'no matches\n');
  const unknown = await cli.run('matches', 'stats', '--rule', 'Oftn');
  t.is(unknown.code, 2);
  t.regex(unknown.stderr, /No rule "Oftn" is active[\s\S]*Often/);
  t.is((await cli.run('matches', 'stats', '--days', '32')).code, 2);
});
