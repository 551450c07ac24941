import { messageOf } from '../../domain/errors.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { hasArrived, type TestedForm } from './live-test.ts';

/** What a form lacks, and where a person should look; null where it lacks nothing. */
export async function explainForm(records: Pick<RecordStore, 'getMany'>, form: TestedForm): Promise<string | null> {
  const { object, recordedMs, alertedMs, alertState, error, upload } = form;
  if (hasArrived(form)) return null;
  if (object === null) return `It was not uploaded: ${error}`;
  if (recordedMs === null) {
    const found = await whatBecameOf(records, object);
    return alertedMs === null ? found : `Its alert came, and its match is not in the match store: ${found}`;
  }
  if (alertState === 'sent') {
    return 'The alert was sent and did not arrive: look at the policy and the key of the topic, and at its delivery status.';
  }
  if (alertState === 'silent')
    return `The match was recorded as one of a staged rule, which does not alert: ${upload.ruleId}.`;
  return 'The alert is owed and was not sent: look at the log of what scans uploads, and at whether it may publish. It is tried again, and may come late.';
}

async function whatBecameOf(
  records: Pick<RecordStore, 'getMany'>,
  object: NonNullable<TestedForm['object']>,
): Promise<string> {
  let record: Awaited<ReturnType<RecordStore['getMany']>>[number];
  try {
    [record = null] = await records.getMany([object]);
  } catch (error) {
    return `What became of it is not known: ${messageOf(error)}`;
  }
  if (record === null) {
    return 'It was not scanned: look at "rearview queue status", at whether the bucket tells the live queue of uploads, and at the log of what scans them.';
  }
  const { outcome } = record;
  if (outcome.status === 'scanned' && outcome.matches === 0) {
    return 'It was scanned and nothing was found: another ruleset was in force there; see "rearview doctor".';
  }
  if (outcome.status === 'scanned') return 'It was scanned and matched, but not by the rule that matches it here.';
  if (outcome.status === 'covered') return 'It counts as scanned before.';
  return `It was ${outcome.status}: ${outcome.reason}${outcome.detail === undefined ? '' : ` (${outcome.detail})`}.`;
}
