import { startRetro } from '../../../app/scans/retro-scans.ts';
import { startSoundAws } from '../../../testing/aws/sound-aws.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';
import { checkRetroProgress } from './check-retro-progress.ts';

testWithDynamo(
  'a running scan without a batcher for long warns; one with a batcher, or a new one, does not',
  async (t) => {
    const { target } = await startSoundAws(t);
    const { scans } = target.state;
    const { scan } = await startRetro(
      { scans, library: target.library, now: Date.now },
      { buckets: target.buckets, filter: {}, full: false, expected: null },
    );
    const check = (nowMs: number, pause = async () => undefined) => checkRetroProgress(target, nowMs, pause);
    const later = Date.now() + 11 * 60_000;
    t.like(await check(Date.now()), { status: 'ok', detail: '1 scan under way' });
    const stuck = await check(later);
    t.is(stuck.status, 'warn');
    t.true(stuck.detail.startsWith(`${scan.id} makes no progress`), stuck.detail);
    await scans.acquireLease(scan.id, 'batcher', { nowMs: later, ttlMs: 60_000 });
    t.like(await check(later), { status: 'ok' });
    t.like(await check(later + 12 * 60_000), { status: 'warn' });
    const muchLater = later + 24 * 60_000;
    const getsOn = async () => {
      const at = { nowMs: muchLater, ttlMs: -20 * 60_000 };
      const lease = await scans.acquireLease(scan.id, 'another', at);
      if (lease === null) throw new Error('another has the lease');
      const step = { listingDone: false, listed: { objects: 1, bytes: 1 }, batches: [], settled: null };
      await scans.checkpoint(lease, { ...step, cursor: { bucket: 'corpus', after: 'a' } }, at);
      return undefined;
    };
    t.like(await check(muchLater, getsOn), { status: 'ok' }, 'it got on between the two looks');
    t.like(await check(muchLater), { status: 'warn' });
    await scans.setState(scan.id, ['running'], 'paused', { at: new Date().toISOString() });
    const paused = await check(later + 12 * 60_000);
    t.regex(paused.detail, /is paused: "rearview retro resume"/);
  },
);
