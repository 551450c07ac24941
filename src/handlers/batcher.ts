import { z } from 'zod';
import { cancelPreview, startPreview } from '../app/preview-scans.ts';
import { startRetro } from '../app/retro-scans.ts';
import { type BatcherResult, runBatcher } from '../app/run-batcher.ts';
import { hasCode, messageOf, RearviewError } from '../domain/errors.ts';
import { previewAlias } from '../homes/function-names.ts';
import { parsePreviewEvent } from './events/preview-event.ts';
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

/** What lies with whoever asks for a preview. */
const refusals = ['ERR_CONFIG', 'ERR_USAGE', 'ERR_RULESET_UNUSABLE', 'ERR_RULES_INVALID', 'ERR_STATE'] as const;

/** A scan that is to be planned, or was cancelled. */
interface Taken {
  readonly scanId: string;
  readonly result?: 'cancelled';
}

interface Refused {
  readonly scanId: null;
  readonly result: 'refused';
  readonly why: string;
}

type Answer = Refused | { readonly scanId: string; readonly result: BatcherResult | 'cancelled' };

/**
 * Plans a retro scan: `{"scanId": …}` goes on with one, `{"start": {"full": false, "prefix": …, "inventories": ["s3://…/manifest.json"]}}` starts one
 * with the ruleset in force. Before its time runs out it invokes itself, by the alias of all functions, and another takes over where the last checkpoint is.
 *
 * By the alias for pull requests it does neither, since a scan that alerts is for others to start and to go on with. By that one alone it starts and
 * cancels previews (src/handlers/events/preview-event.ts): there is one way in, and it is the narrow one.
 */
export const handler = defineHandler(async (event, invocation): Promise<Answer> => {
  const { home, telemetry, requestId, signal } = invocation;
  const asked =
    invocation.alias === previewAlias ? await previewOf(event, invocation) : await scanOf(event, invocation);
  if (asked.scanId === null) {
    telemetry.log.warn('preview refused', { reason: asked.why });
    return asked;
  }
  const { scanId } = asked;
  if (asked.result !== undefined) {
    telemetry.log.info('preview cancelled', { scanId });
    return { scanId, result: asked.result };
  }
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
});

/** What is refused is no failure of the function: alarms look at those, and nobody who opens a pull request sets them off. */
async function previewOf(event: unknown, invocation: Invocation): Promise<Taken | Refused> {
  try {
    return await startOrCancel(event, invocation);
  } catch (error) {
    if (!refusals.some((code) => hasCode(error, code))) throw error;
    return { scanId: null, result: 'refused', why: messageOf(error) };
  }
}

async function startOrCancel(event: unknown, { home }: Invocation): Promise<Taken> {
  const asked = parsePreviewEvent(event);
  const { scans } = home.state;
  if (asked.type === 'cancel') {
    const { id: scanId } = await cancelPreview(scans, asked.scanId, new Date().toISOString());
    return { scanId, result: 'cancelled' };
  }
  await home.openInventories(asked.request.inventories);
  const { id: scanId } = await startPreview(
    { scans, library: home.library, buckets: home.buckets, now: Date.now },
    asked.request,
  );
  return { scanId };
}

async function scanOf(event: unknown, { home }: Invocation): Promise<Taken> {
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) {
    throw new RearviewError(
      'ERR_CONFIG',
      `The event is none of the batcher (previews are asked for by its alias "${previewAlias}" alone): ${z.prettifyError(parsed.error)}`,
    );
  }
  if ('scanId' in parsed.data) return { scanId: parsed.data.scanId };
  const { full, inventories, ...filter } = parsed.data.start;
  // Said to whoever starts it, rather than found out by the scan.
  await home.openInventories(inventories);
  const { scan } = await startRetro(
    { scans: home.state.scans, library: home.library, now: Date.now },
    { buckets: home.buckets, filter, full, inventories, expected: null },
  );
  return { scanId: scan.id };
}
