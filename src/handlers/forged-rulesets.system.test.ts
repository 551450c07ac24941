import { publishRuleset } from '../app/rulesets/publish-ruleset.ts';
import { buildImage } from '../engine/build-image.ts';
import { engineInfo } from '../engine/module/engine-module.ts';
import { buildRuleset } from '../rules/ruleset.ts';
import { encodeRuleset } from '../rules/ruleset-file.ts';
import { startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { testedRule } from '../testing/cli/run-cli.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

async function rulesetOf(source: string) {
  const sources = [{ namespace: 'a.yar', source }];
  return { ...buildRuleset(sources, engineInfo()), image: await buildImage(sources) };
}

testWithDynamo('functions use the image of a signed ruleset, and not one that was forged under its name', async (t) => {
  const lines: string[] = [];
  const pipeline = await startAwsPipeline(t, { log: (line) => lines.push(line) });
  const { target } = pipeline;
  const problems = () => lines.filter((line) => line.includes('is not used as it is'));
  const [ruleset, blind] = [
    await rulesetOf(ruleFor('Alpha', 'alpha')),
    await rulesetOf('rule Alpha { condition: false }'),
  ];
  // Signed by who has the key, to show that functions load an image, and that this one finds
  // nothing.
  await publishRuleset(target.library, { ...ruleset, image: blind.image }, { now: Date.now });
  await pipeline.upload({ 'in/before': 'alpha' });
  await pipeline.settle();
  t.deepEqual(await pipeline.alerts(), []);
  t.deepEqual(problems(), []);

  const next = await rulesetOf(`${ruleFor('Alpha', 'alpha')} // changed`);
  await publishRuleset(target.library, next, { now: Date.now });
  await target.artifacts.put(`rulesets/${next.id}`, encodeRuleset({ ...next, image: blind.image, rules: [] }));
  await pipeline.upload({ 'in/after': 'alpha' });
  await pipeline.settle();
  t.deepEqual(
    (await pipeline.alerts()).map(({ object }) => object.key),
    ['in/after'],
  );
  t.true(problems().length > 0);
  t.true(problems().every((line) => line.includes(next.id.slice(0, 12))));
  const scan = await pipeline.ended((await pipeline.begin({ full: true })).id);
  t.like(scan.counts, { objects: 2, scanned: 2, failed: 0, matches: 2 });
});

testWithDynamo('if KMS refuses to sign, or a file was planted, nothing is published', async (t) => {
  const pipeline = await startAwsPipeline(t);
  const { target, services } = pipeline;
  pipeline.write(testedRule('alpha', 'alpha'));
  t.is((await pipeline.run('publish')).code, 0);
  const before = await target.library.current();
  pipeline.write(testedRule('beta', 'beta'));

  services.kms.failure = 'AccessDeniedException';
  const denied = await pipeline.run('publish');
  t.is(denied.code, 2);
  t.regex(denied.stderr, /Cannot sign with the key arn:aws:kms:.*needs kms:Sign/);
  services.kms.failure = null;
  const unkeyed = { ...services.env, REARVIEW_RULESET_SIGNING_KEY_ARN: '' };
  const without = await pipeline.runWith(unkeyed, 'publish');
  t.is(without.code, 2);
  t.regex(without.stderr, /stack output rulesetSigningKeyArn.*pulumi up/);
  t.deepEqual(await target.library.current(), before);

  // The ruleset that is to be published, by its own name, with a list of rules that is empty.
  const sources = ['alpha', 'beta'].map((word) => ({
    namespace: `${word}.yar`,
    source: testedRule(word, word)[`rules/${word}.yar`] ?? '',
  }));
  const next = buildRuleset(sources, engineInfo());
  t.is((await pipeline.run('rules', 'build')).stdout.trim(), next.id);
  await target.artifacts.put(`rulesets/${next.id}`, encodeRuleset({ ...next, rules: [] }));
  const planted = await pipeline.run('publish');
  t.is(planted.code, 2);
  t.true(planted.stderr.includes(`artifacts/rulesets/${next.id} holds a file that no trusted key has signed`));
  t.deepEqual(await target.library.current(), before);

  // The same in the place of what is active.
  const { rulesetId = '' } = before ?? {};
  const { ruleset } = await target.library.inspect(rulesetId);
  await target.artifacts.put(`rulesets/${rulesetId}`, encodeRuleset({ ...ruleset, rules: [] }));
  const diff = await pipeline.run('rules', 'diff');
  t.regex(diff.stdout, /\+ beta\.yar:beta\n1 change, 1 unchanged/);
  t.regex(diff.stderr, /problem: ruleset: .*is not used as it is.*it was forged/);
  t.regex((await pipeline.run('retro', 'plan')).stderr, /problem: ruleset: .*is not used as it is/);
});
