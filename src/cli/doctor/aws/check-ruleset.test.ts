import { openAwsHome } from '../../../homes/aws-home.ts';
import { publishOne, startSoundAws } from '../../../testing/sound-aws.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';
import { checkRuleset } from './check-ruleset.ts';

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
  const { get } = home.library;
  const foreign = async (id: string) => {
    const ruleset = await get(id);
    return { ...ruleset, image: ruleset.image ? { ...ruleset.image, engineSha256: '0'.repeat(64) } : null };
  };
  const other = await checkRuleset({ library: { ...home.library, get: foreign } });
  t.like(other, { status: 'warn' });
  t.regex(other.detail, /has an image of another engine/);
  const { rulesetId = '' } = (await home.library.current()) ?? {};
  await home.artifacts.put(`rulesets/${rulesetId}`, Buffer.from('damaged'));
  const fresh = openAwsHome({ config, clients });
  t.like(await checkRuleset(fresh), { status: 'fail' });
});
