import test from 'ava';
import { encodeRuleset } from '../../rules/ruleset-file.ts';
import { openAwsHome } from '../../targets/aws/aws-home.ts';
import { publishOne, startSoundAws } from '../../testing/aws/sound-aws.ts';
import { createTestHome } from '../../testing/local/test-home.ts';
import { testWithDynamo } from '../../testing/test-unless.ts';
import { checkRuleset, noneOnThisMachine } from './check-ruleset.ts';

testWithDynamo('without a ruleset doctor fails, with one without an image of this engine it warns', async (t) => {
  const { home, config } = await startSoundAws(t);
  const { clients } = home;
  const nothing = { ...home, library: { ...home.library, current: async () => null } };
  t.like(await checkRuleset(nothing), { status: 'fail' });
  t.regex((await checkRuleset(nothing)).detail, /none is published.*rearview publish/);
  await publishOne(home.library, 'beta', { withImage: false });
  t.like(await checkRuleset(home), { status: 'warn' });
  t.regex((await checkRuleset(home)).detail, /number 2, 1 rule, has no image/);
  await publishOne(home.library, 'gamma', { withImage: true });
  t.like(await checkRuleset(home), { status: 'ok' });
  t.regex((await checkRuleset(home)).detail, /, authentic$/);
  const foreign: typeof home.library.inspect = async (id) => {
    const stored = await home.library.inspect(id);
    const { image } = stored.ruleset;
    return {
      ...stored,
      ruleset: { ...stored.ruleset, image: image ? { ...image, engineSha256: '0'.repeat(64) } : null },
    };
  };
  const other = await checkRuleset({ library: { ...home.library, inspect: foreign } });
  t.like(other, { status: 'warn' });
  t.regex(other.detail, /has an image of another engine/);
  // As where the settings are of before the stack had a key.
  const { rulesetPublicKey: _, ...withoutKey } = config;
  const distrusting = await checkRuleset(openAwsHome({ config: withoutKey, clients }));
  t.like(distrusting, { status: 'warn' });
  t.regex(distrusting.detail, /is not authentic: it is signed with the key [0-9a-f]{12}, which is not trusted here/);
  const { rulesetId = '' } = (await home.library.current()) ?? {};
  await home.artifacts.put(`rulesets/${rulesetId}`, Buffer.from('damaged'));
  const fresh = openAwsHome({ config, clients });
  t.like(await checkRuleset(fresh), { status: 'fail' });
});

test('on one machine doctor says whether the active ruleset is authentic', async (t) => {
  const { home } = await createTestHome(t);
  t.like(await checkRuleset(home, noneOnThisMachine), { status: 'ok' });
  await publishOne(home.library, 'alpha', { withImage: true });
  t.like(await checkRuleset(home), { status: 'ok' });
  const { rulesetId = '' } = (await home.library.current()) ?? {};
  const { ruleset } = await home.library.inspect(rulesetId);
  await home.state.stores.rulesets.put(`rulesets/${rulesetId}`, encodeRuleset({ ...ruleset, rules: [] }));
  const replaced = await checkRuleset(home);
  t.like(replaced, { status: 'fail' });
  t.regex(replaced.detail, /1 rule, was replaced: its SHA-256 is .*Find out who wrote it/);
});
