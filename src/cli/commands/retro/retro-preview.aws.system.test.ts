import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reviewSectionSchema } from '../../../pull-requests/section.ts';
import { startAwsPipeline } from '../../../testing/aws/aws-pipeline.ts';
import { createTestCli } from '../../../testing/cli/run-cli.ts';
import { ruleFor } from '../../../testing/local/test-target.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';
import { useEnvironment } from '../../../testing/use-environment.ts';

const published = { 'evil.yar': ruleFor('Evil', 'evil'), 'odd.yar': ruleFor('Odd', 'odd') };
const changed = { 'rules/evil.yar': ruleFor('Evil', 'vile'), 'rules/new.yar': ruleFor('New', 'none') };
const objects = { a: 'evil', b: 'vile', c: 'odd', d: 'none', e: 'evil vile', 'f\n\u001b[2J`|<b>@all': 'none such' };

testWithDynamo('in AWS, a pull request shows what its rules would match, and no other user notices', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.publish(published);
  await pipeline.upload(objects);
  await pipeline.settle();
  const before = await pipeline.target.state.matches.list({ filter: {}, limit: 100 });
  const alerts = await pipeline.alerts();
  pipeline.write(changed);
  const { code, stdout, stderr } = await pipeline.runAs('preview', 'retro', 'preview', '--json');
  t.is(code, 0, stderr);
  const section = reviewSectionSchema.parse(JSON.parse(stdout));
  if (section.section !== 'preview') return t.fail(stdout);
  t.like(section, { verdict: 'passed', state: 'completed', objects: 6, scanned: 6, forecast: { objects: 6 } });
  t.deepEqual(
    section.rules.map(({ rule, kind, now, before: was, gained, lost }) => [rule, kind, now, was, gained, lost]),
    [
      ['odd.yar:Odd', 'removed', 0, 1, 0, 1],
      ['new.yar:New', 'added', 2, 0, 2, 0],
      ['evil.yar:Evil', 'logic', 2, 2, 1, 1],
    ],
  );
  t.true(section.actual.dollars > 0 && (section.forecast?.dollars ?? 0) > 0);
  await pipeline.settle();
  t.deepEqual(await pipeline.target.state.matches.list({ filter: {}, limit: 100 }), before);
  t.deepEqual(await pipeline.alerts(), alerts);

  // Reported again later, with the ruleset of the scan.
  const later = await pipeline.runAs('preview', 'retro', 'preview', '--scan', section.scanId);
  t.is(later.code, 0, later.stderr);
  t.regex(later.stdout, /completed {2}passed\nsearched +6 of 6 objects/);
  t.true(later.stdout.includes('f\\n\\x1b[2J`|<b>@all'));
});

testWithDynamo('in AWS a preview that has not begun in time is reported as running, and shown later', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.publish(published);
  await pipeline.upload(objects);
  await pipeline.settle();
  pipeline.write({ ...changed, 'rearview.yaml': 'preview: { maxGained: 2 }\n' });
  const asked = await pipeline.runAs('preview', 'retro', 'preview', '--json', '--wait', '0s', '--no-plan');
  t.is(asked.code, 0, asked.stderr);
  const { scanId, state, verdict } = JSON.parse(asked.stdout);
  t.deepEqual([state, verdict], ['running', 'unknown']);
  t.is((await pipeline.ended(scanId)).state, 'completed');
  const later = await pipeline.runAs('preview', 'retro', 'preview', '--json', '--scan', scanId);
  t.is(later.code, 1, later.stderr);
  t.like(JSON.parse(later.stdout), {
    ...{ verdict: 'failed', forecast: null },
    notes: ['3 objects match that did not match before, 50 % of those scanned: preview.maxGained allows 2.'],
  });
});

testWithDynamo('in AWS Ctrl-C has the preview cancelled', async (t) => {
  const pipeline = await startAwsPipeline(t, { settings: { deadlineMs: '60000' } });
  await pipeline.publish(published);
  await pipeline.upload({ a: 'evil' });
  await pipeline.settle();
  const { env } = pipeline.services;
  const asPreview = { ...env, AWS_ACCESS_KEY_ID: 'preview', AWS_ENDPOINT_URL_LAMBDA: pipeline.lambda.endpoint };
  useEnvironment(t, asPreview);
  const cli = await createTestCli(t);
  const loop = 'for all i in (0..1000000) : ( for all j in (0..1000000) : ( uint8(i % 4) >= 0 or uint8(j % 4) >= 0 ) )';
  await cli.write({ 'rules/slow.yar': `rule Slow { condition: ${loop} }` });
  const stop = new AbortController();
  const args = ['retro', 'preview', '--target', 'aws', '--report', 'section.json'];
  const running = cli.runWith({ env: asPreview, signal: stop.signal }, ...args);
  const previews = () => pipeline.target.state.scans.list({ kind: 'preview', limit: 10 });
  while ((await previews()).length === 0) await sleep(20);
  stop.abort();
  const { code, stderr } = await running;
  t.is(code, 130, stderr);
  while ((await previews())[0]?.state !== 'cancelled') await sleep(20);
  await t.throwsAsync(readFile(join(cli.dir, 'section.json')), { code: 'ENOENT' });
});
