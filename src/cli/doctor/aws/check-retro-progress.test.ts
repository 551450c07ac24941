import { startRetro } from '../../../app/retro-scans.ts';
import { startSoundAws } from '../../../testing/sound-aws.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';
import { checkRetroProgress } from './check-retro-progress.ts';

testWithDynamo(
  'a running scan that no batcher has had for long warns; one that has a batcher, or is new, does not',
  async (t) => {
    const { home } = await startSoundAws(t);
    const { scans } = home.state;
    const { scan } = await startRetro(
      { scans, library: home.library, now: Date.now },
      { buckets: home.buckets, filter: {}, full: false, expected: null },
    );
    const later = Date.now() + 11 * 60_000;
    t.like(await checkRetroProgress(home, Date.now()), { status: 'ok', detail: '1 scan under way' });
    const stuck = await checkRetroProgress(home, later);
    t.is(stuck.status, 'warn');
    t.true(stuck.detail.startsWith(`${scan.id} does not get on`), stuck.detail);
    await scans.acquireLease(scan.id, 'batcher', { nowMs: later, ttlMs: 60_000 });
    t.like(await checkRetroProgress(home, later), { status: 'ok' });
    t.like(await checkRetroProgress(home, later + 12 * 60_000), { status: 'warn' });
    await scans.setState(scan.id, ['running'], 'paused', { at: new Date().toISOString() });
    const paused = await checkRetroProgress(home, later + 12 * 60_000);
    t.regex(paused.detail, /is paused: "rearview retro resume"/);
  },
);
