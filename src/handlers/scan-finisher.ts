import { completeScan } from '../app/analysis/analyze-batch.ts';
import { createDirectAlerts } from '../app/analysis/direct-alerts.ts';
import { settleDeadLetters } from '../app/pipeline/settle-dead-letters.ts';
import { cancelOverduePreviews } from '../app/previews/admit-preview.ts';
import { activePlanned } from '../app/scans/retro-scans.ts';
import { readDeadLetter } from './events/dead-letter.ts';
import { defineHandler } from './invocation.ts';
import { noticeRuleset, tellOwedAlerts, tellProgress, tellRuleset } from './standing.ts';

/** Dead letters that this execution environment has seen to: they stay where they are, and are met again each time. */
const settled = { live: new Set<string>(), retro: new Set<string>(), preview: new Set<string>() };

/**
 * Sees to it that every scan ends and every alert is sent, whatever died on the way. To be invoked on a schedule: writes what dead letters mean into
 * the ledgers, completes scans, has scans planned that nobody plans, and sends alerts that were left behind. Notifies operators when the active ruleset has
 * changed, and reports how things stand as metrics.
 */
export const handler = defineHandler(async (_event, { target, telemetry, signal }) => {
  await tellRuleset(target, telemetry);
  await noticeRuleset(target, telemetry);
  const { scans, records, matches, queues } = target.state;
  const parts = { scans, records, now: Date.now, observe: telemetry.observe };
  const read = readDeadLetter(target);
  await settleDeadLetters(parts, queues.live, settled.live, read);
  await settleDeadLetters(parts, queues.retro, settled.retro, read);

  await cancelOverduePreviews(parts, target.previews);
  const running = (await activePlanned(scans)).filter(({ state }) => state === 'running');
  // A request each minute that an idle stack does without.
  if (running.some(({ kind }) => kind === 'preview')) {
    await settleDeadLetters(parts, queues.preview, settled.preview, read);
  }
  await tellProgress(target, telemetry, running);
  for (const scan of running) {
    if (signal.aborted) break;
    await completeScan(parts, scan.id);
    const hasUnsent = (await scans.unsentBatches(scan.id, { limit: 1 })).length > 0;
    // Where a batcher is at it, its lease keeps this one out.
    if (!scan.listingDone || hasUnsent) await target.runBatcher(scan.id);
  }

  const alerts = createDirectAlerts({
    matches,
    sinks: [target.alertSink],
    observe: telemetry.observe,
    now: Date.now,
  });
  const alertsFailed = await alerts.flush();
  if (alertsFailed > 0) await tellOwedAlerts(target, telemetry, alertsFailed);
  return { alertsFailed };
});
