import { completeScan } from '../app/analysis/analyze-batch.ts';
import { createDirectAlerts } from '../app/analysis/direct-alerts.ts';
import { recordDeadLetters } from '../app/pipeline/record-dead-letters.ts';
import { cancelOverduePreviews } from '../app/previews/admit-preview.ts';
import { activePlanned } from '../app/scans/retro-scans.ts';
import { readDeadLetter } from './events/dead-letter.ts';
import { defineHandler } from './invocation.ts';
import { noticeRuleset, reportOwedAlerts, reportProgress, reportRuleset, storeSums } from './standing.ts';
import { joinsIndex, tidyIndex } from './tidy-index.ts';

/**
 * Dead letters that this execution environment has processed. They stay in their queue, so each
 * round finds them again.
 */
const recorded = { live: new Set<string>(), retro: new Set<string>(), preview: new Set<string>() };

/**
 * Makes sure that every scan ends and every alert is sent, whatever died on the way. Invoked on a
 * schedule: records dead letters in the ledgers, completes scans, restarts the batcher of abandoned
 * scans, sends alerts that were left behind, and stores the sums of live scans. Notifies operators
 * when the active ruleset has changed, and reports the current state as metrics. Last, a few times
 * an hour, it joins segments of the index.
 */
export const handler = defineHandler(async (event, { target, telemetry, signal }) => {
  await reportRuleset(target, telemetry);
  await noticeRuleset(target, telemetry);
  const { scans, records, matches, queues } = target.state;
  const parts = { scans, records, now: Date.now, observe: telemetry.observe };
  const read = readDeadLetter(target);
  await recordDeadLetters(parts, queues.live, recorded.live, read);
  await recordDeadLetters(parts, queues.retro, recorded.retro, read);

  await cancelOverduePreviews(parts, target.previews);
  const running = (await activePlanned(scans)).filter(({ state }) => state === 'running');
  // An idle stack saves this request each minute.
  if (running.some(({ kind }) => kind === 'preview')) {
    await recordDeadLetters(parts, queues.preview, recorded.preview, read);
  }
  await reportProgress(target, telemetry, running);
  for (const scan of running) {
    if (signal.aborted) break;
    await completeScan(parts, scan.id);
    const hasUnsent = (await scans.unsentBatches(scan.id, { limit: 1 })).length > 0;
    // If another batcher works on it, its lease keeps this one out.
    if (!scan.listingDone || hasUnsent) await target.runBatcher(scan.id);
  }

  const alerts = createDirectAlerts({
    matches,
    sinks: [target.alertSink],
    observe: telemetry.observe,
    now: Date.now,
  });
  const alertsFailed = await alerts.flush();
  if (alertsFailed > 0) await reportOwedAlerts(target, telemetry, alertsFailed);
  await storeSums(target, telemetry);
  if (joinsIndex(event)) await tidyIndex(target);
  return { alertsFailed };
});
