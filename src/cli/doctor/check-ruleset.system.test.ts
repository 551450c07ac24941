import test from 'ava';
import { encodeRuleset } from '../../rules/ruleset-file.ts';
import { openAwsTarget } from '../../targets/aws/aws-target.ts';
import { publishOne, startSoundAws } from '../../testing/aws/sound-aws.ts';
import { createTestTarget } from '../../testing/local/test-target.ts';
import { testWithDynamo } from '../../testing/test-unless.ts';
import { checkRuleset, noneOnThisMachine } from './check-ruleset.ts';

testWithDynamo('without a ruleset, doctor fails; with one without an image for this engine, it warns', async (t) => {
  const { target, config } = await startSoundAws(t);
  const { clients } = target;
  const nothing = { ...target, library: { ...target.library, current: async () => null } };
  t.like(await checkRuleset(nothing), { status: 'fail' });
  t.regex((await checkRuleset(nothing)).detail, /no ruleset is published.*rearview publish/);
  await publishOne(target.library, 'beta', { withImage: false });
  t.like(await checkRuleset(target), { status: 'warn' });
  t.regex((await checkRuleset(target)).detail, /number 2, 1 rule, has no image/);
  await publishOne(target.library, 'gamma', { withImage: true });
  t.like(await checkRuleset(target), { status: 'ok' });
  t.regex((await checkRuleset(target)).detail, /, authentic$/);
  const foreign: typeof target.library.inspect = async (id) => {
    const stored = await target.library.inspect(id);
    const { image } = stored.ruleset;
    return {
      ...stored,
      ruleset: { ...stored.ruleset, image: image ? { ...image, engineSha256: '0'.repeat(64) } : null },
    };
  };
  const other = await checkRuleset({ library: { ...target.library, inspect: foreign } });
  t.like(other, { status: 'warn' });
  t.regex(other.detail, /has an image of another engine/);
  // Settings from before the stack had a key.
  const { rulesetPublicKey: _, ...withoutKey } = config;
  const distrusting = await checkRuleset(openAwsTarget({ config: withoutKey, clients }));
  t.like(distrusting, { status: 'warn' });
  t.regex(distrusting.detail, /is not authentic: it is signed with the key [0-9a-f]{12}, which is not trusted here/);
  const { rulesetId = '' } = (await target.library.current()) ?? {};
  await target.artifacts.put(`rulesets/${rulesetId}`, Buffer.from('damaged'));
  const fresh = openAwsTarget({ config, clients });
  t.like(await checkRuleset(fresh), { status: 'fail' });
});

test('on one machine doctor reports whether the active ruleset is authentic', async (t) => {
  const { target } = await createTestTarget(t);
  t.like(await checkRuleset(target, noneOnThisMachine), { status: 'ok' });
  await publishOne(target.library, 'alpha', { withImage: true });
  t.like(await checkRuleset(target), { status: 'ok' });
  const { rulesetId = '' } = (await target.library.current()) ?? {};
  const { ruleset } = await target.library.inspect(rulesetId);
  await target.state.stores.rulesets.put(`rulesets/${rulesetId}`, encodeRuleset({ ...ruleset, rules: [] }));
  const replaced = await checkRuleset(target);
  t.like(replaced, { status: 'fail' });
  t.regex(replaced.detail, /1 rule, was replaced: its SHA-256 is .*Find out which principal wrote it/);
});
