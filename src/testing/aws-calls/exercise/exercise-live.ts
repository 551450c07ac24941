import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { Alert } from '../../../domain/alerts/alert.ts';
import { sampleAlert } from '../../../ports/alert-sink.contract.ts';
import type { AwsTarget } from '../../../targets/aws/aws-target.ts';
import { testedRule } from '../../cli/run-cli.ts';
import { eventBridgeEvent, s3Notification, s3TestEvent, snsEnvelope } from '../../s3/s3-events.ts';
import type { Exercise } from './start-exercise.ts';

/** More than fits into a message. */
const note = 'x'.repeat(300_000);
/** More than S3 takes in one piece of ours. */
const longNote = 'x'.repeat(6 * 2 ** 20);

type Files = Readonly<Record<string, string>>;

/**
 * Rules that match one word each, one for every kind of consequence: an alert, quarantine, an alert
 * too large for a message.
 */
export function rulesFor(plain: string, evil: string, wordy: string): Files {
  return {
    ...testedRule(plain, plain),
    ...changed(testedRule(evil, evil), (text) => text.replace('severity = "high"', 'severity = "critical"')),
    ...changed(testedRule(wordy, wordy), (text) => text.replace('severity =', `note = "${note}"\n    severity =`)),
  };
}

function changed(files: Files, change: (text: string) => string): Files {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, path.endsWith('.yar') ? change(text) : text]),
  );
}

/**
 * Uploads files of every kind with every form of event, leaves work for the finisher, and redrives
 * dead letters.
 */
export async function exerciseLive({ pipeline, denied, succeed }: Exercise): Promise<void> {
  const { services, target, lambda } = pipeline;
  const { live, retro, preview } = target.state.queues;
  pipeline.write(rulesFor('alpha', 'evil', 'wordy'));
  await succeed('publish', 'publish');
  // One of them in parts, some with what is in another.
  pipeline.write({
    ...{ 'in/a': 'alpha', 'in/clean': 'nothing', 'in/evil': 'evil', 'in/wordy': 'wordy' },
    ...{ 'in/again': 'alpha', 'in/denied': 'alpha too' },
    ...{ 'in/late/a': 'beta', 'in/late/again': 'beta', 'in/late/evil': 'dire', 'in/late/wordy': 'prolix' },
    'in/large': new Uint8Array(6 * 2 ** 20),
    // So many that some of them are indexed together.
    ...Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`in/many/${index}`, `number ${index}`])),
  });
  denied.add('in/denied');
  await succeed('collector', 'upload', 'in');
  await pipeline.settle();
  // Dead letters are examined after their last delivery.
  await pipeline.settle();
  denied.clear();

  const [created] = services.created;
  if (created === undefined) throw new Error('nothing was created');
  const { versionId: _, ...unversioned } = created;
  const gone = { ...created, key: 'in/gone', versionId: 'v9998' };
  await live.send([
    ...[s3TestEvent('corpus'), eventBridgeEvent(created), snsEnvelope(eventBridgeEvent(created))],
    // Of these nothing is known but the name, or there is nothing left.
    ...[eventBridgeEvent(unversioned), s3Notification(gone)],
    '{"no": "event"}',
  ]);
  for (const queue of [retro, preview]) await queue.send(['{"no": "batch"}']);
  await services.s3.send(new DeleteObjectCommand({ Bucket: 'corpus', Key: 'in/clean' }));
  await pipeline.settle();
  const direct = await lambda.invoke('live-analyzer', { bucket: 'corpus', keys: ['in/a', 'in/never'] });
  if (direct.error !== null) throw new Error(JSON.stringify(direct.error));

  const first = sampleAlert({ at: longAgo });
  const meta = [{ identifier: 'note', value: longNote }];
  const rule = { ...first.rule, id: 'w.yar:W', namespace: 'w.yar', name: 'W', logicHash: 'w', meta };
  await leaveBehind(target, first);
  await leaveBehind(target, { ...first, id: 'e'.repeat(64), object: { ...first.object, key: 'another' } });
  await leaveBehind(target, { ...first, id: 'f'.repeat(64), rule });
  await pipeline.settle();
  const owed = await target.state.matches.pendingAlerts({ limit: 10 });
  if (owed.length > 0) throw new Error(`${owed.length} alerts were left behind for good`);
  const redriven = await lambda.invoke('redrive', {});
  if (redriven.payload !== '{"live":2,"retro":1,"preview":1}') throw new Error(`redrive returned ${redriven.payload}`);
  await pipeline.settle();
}

const longAgo = '2026-01-01T00:00:00.000Z';

/** Leaves an alert whose process died before sending it. */
async function leaveBehind({ state }: AwsTarget, { reason: _, ...alert }: Alert): Promise<void> {
  await state.matches.record([{ alert, isStaged: false, sameLogicRules: [alert.rule.id] }]);
}
