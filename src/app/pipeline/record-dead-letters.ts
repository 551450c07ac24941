import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import type { DeadLetter, Queue } from '../../ports/queue.ts';
import { completeScan } from '../analysis/analyze-batch.ts';
import { liveBatchId, liveScanAt } from '../analysis/analyze-live.ts';
import type { Analyzer } from '../analysis/analyzer.ts';
import { parseMessage, type WorkMessage } from './messages.ts';

const mostAtOnce = 1000;

/**
 * Writes into the ledgers what dead letters mean: every object of theirs without an outcome has
 * failed as `dead_letter`. The letters stay where they are, and a redrive replaces these entries by
 * its outcomes.
 *
 * @param recorded ids that are done already; those of this call are added
 * @param read returns what a letter requested; null for what is not work of Rearview. Default:
 *   reads Rearview's own messages
 */
export async function recordDeadLetters(
  target: Pick<Analyzer, 'records' | 'scans' | 'now' | 'observe'>,
  queue: Queue,
  recorded: Set<string>,
  read: (body: string) => readonly WorkMessage[] | null = readOwn,
): Promise<void> {
  for (const letter of await queue.deadLetters({ limit: mostAtOnce })) {
    if (recorded.has(letter.id)) continue;
    recorded.add(letter.id);
    const all = read(letter.body);
    if (all === null) {
      target.observe({
        type: 'problem',
        where: `queue ${queue.name}`,
        message: `Dead letter ${letter.id} is not a message of Rearview.`,
      });
    }
    for (const work of all ?? []) await settle(target, work, letter);
  }
}

async function settle(
  target: Pick<Analyzer, 'records' | 'scans' | 'now' | 'observe'>,
  work: WorkMessage,
  letter: DeadLetter,
): Promise<void> {
  if (work.type === 'object') {
    const { id: scanId } = await liveScanAt(target.scans, letter.sentAt);
    const entries = await outcomes(target, scanId, [work]);
    await target.scans.report(scanId, [{ batchId: liveBatchId(work), entries }]);
    return;
  }
  const { scanId, batchId } = work;
  const [scan, batch] = await Promise.all([target.scans.get(scanId), target.scans.getBatch(scanId, batchId)]);
  if (scan === null || batch === null) return;
  // Nothing of a preview is in the records.
  const entries =
    scan.kind === 'preview' ? batch.objects.map(deadEntry) : await outcomes(target, scanId, batch.objects);
  await target.scans.report(scanId, [{ batchId, entries }]);
  await completeScan(target, scanId);
}

function readOwn(body: string): readonly WorkMessage[] | null {
  try {
    return [parseMessage(body)];
  } catch {
    return null;
  }
}

async function outcomes(
  target: Pick<Analyzer, 'records'>,
  scanId: string,
  objects: readonly ObjectInfo[],
): Promise<readonly LedgerEntry[]> {
  const records = await target.records.getMany(objects);
  return objects.map((object, index): LedgerEntry => {
    const record = records[index];
    if (record?.scanId !== scanId) return deadEntry(object);
    const { outcome, sha256 } = record;
    return { ...deadEntry(object), outcome, ...(sha256 === null ? {} : { sha256 }) };
  });
}

function deadEntry({ bucket, key, version, size }: ObjectInfo): LedgerEntry {
  const detail = 'its message was delivered too often without an outcome';
  return { bucket, key, version, size, outcome: { status: 'failed', reason: 'dead_letter', detail } };
}
