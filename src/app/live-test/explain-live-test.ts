import { messageOf } from '../../domain/errors.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { hasArrived, type TestedForm } from './live-test.ts';

/** Explains what a form lacks and what to check; null if it lacks nothing. */
export async function explainForm(records: Pick<RecordStore, 'getMany'>, form: TestedForm): Promise<string | null> {
  const { object, recordedMs, alertedMs, alertState, error, upload } = form;
  if (hasArrived(form)) return null;
  if (object === null) return `It was not uploaded: ${error}`;
  if (recordedMs === null) {
    const found = await whatBecameOf(records, object);
    return alertedMs === null ? found : `Its alert arrived, but its match is not in the match store: ${found}`;
  }
  if (alertState === 'sent') {
    return 'The alert was sent but did not arrive: check the policy, the key and the delivery status of the topic.';
  }
  if (alertState === 'silent')
    return `The match was recorded as one of a staged rule, which does not alert: ${upload.ruleId}.`;
  return 'The alert has not been sent: check the log of the live analyzer, and whether it may publish. It is retried and may arrive late.';
}

async function whatBecameOf(
  records: Pick<RecordStore, 'getMany'>,
  object: NonNullable<TestedForm['object']>,
): Promise<string> {
  let record: Awaited<ReturnType<RecordStore['getMany']>>[number];
  try {
    [record = null] = await records.getMany([object]);
  } catch (error) {
    return `Its outcome is not known: ${messageOf(error)}`;
  }
  if (record === null) {
    return 'It was not scanned: check "rearview queue status", the notifications from the bucket to the live queue, and the log of the live analyzer.';
  }
  const { outcome } = record;
  if (outcome.status === 'scanned' && outcome.matches === 0) {
    return 'It was scanned and no rule matched: another ruleset was active there. See "rearview doctor".';
  }
  if (outcome.status === 'scanned') return 'It was scanned and matched, but not by the rule that matches it here.';
  if (outcome.status === 'covered') return 'It is covered by an earlier scan.';
  return `It was ${outcome.status}: ${outcome.reason}${outcome.detail === undefined ? '' : ` (${outcome.detail})`}.`;
}
