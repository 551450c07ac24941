import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ruleFor } from '../../local/test-target.ts';
import type { Teardown } from '../../teardown.ts';
import type { RecordedService } from '../recorded-request.ts';
import type { AwsRecorder } from '../recorder.ts';
import { startExercise } from './start-exercise.ts';

/** Half of it is there to begin another object, three quarters to end one. */
const timeoutMs = 20_000;
/** An eighth: an object that is begun also ends, on a busy machine, too. */
const deadlineMs = timeoutMs / 8;
/** More than all workers begin in half of the time. */
const objects = 6 * availableParallelism();
const slow =
  'rule Slow { strings: $a = "alpha" condition: $a and for all i in (0..1000000) : ( for all j in (0..1000000) : ( uint8(i % 4) >= 0 or uint8(j % 4) >= 0 ) ) }';

/**
 * Work that takes longer than one invocation: a batcher that invokes itself, and a batch that is
 * sent again.
 */
export async function exerciseSlow(t: Teardown, recorder: AwsRecorder): Promise<void> {
  let listings = 0;
  const before = recorder.requests.length;
  const { pipeline } = await startExercise(t, recorder, {
    ...{ timeoutMs, settings: { deadlineMs: `${deadlineMs}` } },
    async interceptS3(request, serve) {
      const isListing = request.method === 'GET' && request.query.has('versions') && request.path.startsWith('/corpus');
      if (isListing && listings++ === 0) await sleep(0.65 * timeoutMs);
      return serve(request);
    },
  });
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.upload(
    Object.fromEntries(Array.from({ length: objects }, (_, index) => [`${index}`, `alpha ${index}`])),
  );
  await pipeline.settle();
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha'), 'slow.yar': slow });
  const scan = await pipeline.ended((await pipeline.begin()).id);
  const sent = (caller: string, service: RecordedService) =>
    recorder.requests.slice(before).some((request) => request.caller === caller && request.service === service);
  if (!sent('batcher', 'LAMBDA')) throw new Error('The batcher had time for all of it.');
  if (!sent('retro-analyzer', 'SQS')) throw new Error('The retro analyzer had time for all of it.');
  if (scan.counts.failed !== objects) throw new Error(`It was not slow: ${JSON.stringify(scan.counts)}`);
}
