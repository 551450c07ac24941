import { z } from 'zod';
import { startRetro } from '../app/retro-scans.ts';
import { type BatcherResult, runBatcher } from '../app/run-batcher.ts';
import { RearviewError } from '../domain/errors.ts';
import { previewAlias } from '../homes/function-names.ts';
import { defineHandler, type Invocation } from './invocation.ts';

const eventSchema = z.union([
  z.object({ scanId: z.string() }),
  z.object({
    start: z.object({
      full: z.boolean().default(false),
      prefix: z.string().exactOptional(),
      inventories: z.array(z.string()).default([]),
    }),
  }),
]);

/**
 * Plans a retro scan: `{"scanId": …}` goes on with one, `{"start": {"full": false, "prefix": …, "inventories": ["s3://…/manifest.json"]}}` starts one
 * with the ruleset in force. Before its time runs out it invokes itself, and another takes over where the last checkpoint is.
 *
 * By the alias for pull requests it does neither: a scan that alerts is for others to start, and to go on with.
 */
export const handler = defineHandler(
  async (event, invocation): Promise<{ readonly scanId: string; readonly result: BatcherResult }> => {
    const { home, telemetry, requestId, signal } = invocation;
    const scanId = await scanOf(event, invocation);
    const batcher = {
      ...{ readersFor: home.readersFor, library: home.library, now: Date.now, observe: telemetry.observe },
      ...{ records: home.state.records, scans: home.state.scans, queue: home.state.queues.retro },
      ...{ maxObjectBytes: home.maxObjectBytes, largeFiles: home.largeFiles, owner: requestId },
    };
    const result = await runBatcher(batcher, scanId, signal);
    telemetry.log.info('batcher', { scanId, result });
    if (result === 'stopped' && (await home.state.scans.get(scanId))?.state === 'running') {
      await home.runBatcher(scanId);
    }
    return { scanId, result };
  },
);

async function scanOf(event: unknown, { home, alias }: Invocation): Promise<string> {
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) {
    throw new RearviewError('ERR_CONFIG', `The event is none of the batcher: ${z.prettifyError(parsed.error)}`);
  }
  if (alias === previewAlias) {
    throw new RearviewError(
      'ERR_CONFIG',
      `By its alias "${previewAlias}" the batcher starts scans of kind preview alone, and this would be a retro scan, which alerts: "rearview retro start" starts one.`,
    );
  }
  if ('scanId' in parsed.data) return parsed.data.scanId;
  const { full, inventories, ...filter } = parsed.data.start;
  // Said to whoever starts it, rather than found out by the scan.
  await home.openInventories(inventories);
  const { scan } = await startRetro(
    { scans: home.state.scans, library: home.library, now: Date.now },
    { buckets: home.buckets, filter, full, inventories, expected: null },
  );
  return scan.id;
}
