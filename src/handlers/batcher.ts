import * as z from 'zod';
import { cancelPreview, type PreviewRequest, recordRefusal, startPreview } from '../app/previews/preview-scans.ts';
import { startRetro } from '../app/scans/retro-scans.ts';
import { type BatcherResult, runBatcher } from '../app/scans/run-batcher.ts';
import { hasCode, messageOf, RearviewError } from '../domain/errors.ts';
import { excludesProblem } from '../domain/objects/exclude.ts';
import { checkShape, describeIssues } from '../domain/text/check-shape.ts';
import type { AwsTarget } from '../targets/aws/aws-target.ts';
import { previewAlias } from '../targets/aws/function-names.ts';
import { parsePreviewEvent } from './events/preview-event.ts';
import { defineHandler, type Invocation } from './invocation.ts';

const eventSchema = z.union([
  z.object({ scanId: z.string() }),
  z.object({
    start: z.object({
      full: z.boolean().default(false),
      prefix: z.string().exactOptional(),
      inventories: z.array(z.string()).default([]),
      exclude: z.array(z.string()).default([]),
    }),
  }),
]);

/** Errors that the caller of a preview caused. */
const refusals = ['ERR_CONFIG', 'ERR_USAGE', 'ERR_RULESET_UNUSABLE', 'ERR_RULES_INVALID', 'ERR_STATE'] as const;

/** Characters of a recorded reason: messages about rules quote them. */
const maxReasonLength = 2000;

/** A scan that is to be planned, or was cancelled. */
interface Taken {
  readonly scanId: string;
  readonly result?: 'cancelled';
}

interface Refused {
  /** Null if the id of the preview is not known. */
  readonly scanId: string | null;
  readonly result: 'refused';
  readonly why: string;
}

type Answer = Refused | { readonly scanId: string; readonly result: BatcherResult | 'cancelled' };

/**
 * Plans a retro scan: `{"scanId": …}` resumes one. `{"start": {"full": false, "prefix": …,
 * "exclude": ["logs/"], "inventories": ["s3://…/manifest.json"]}}` starts one with the active
 * ruleset, and cancels those that it supersedes. Before its time runs out it invokes itself, by the
 * alias of all functions, and another takes over where the last checkpoint is.
 *
 * Through the alias for pull requests it does neither, since pull requests must not start or resume
 * a scan that alerts. Only through that alias it starts and cancels previews
 * (src/handlers/events/preview-event.ts): there is one entry, and it is the narrow one.
 */
export const handler = defineHandler(async (event, invocation): Promise<Answer> => {
  const { target, telemetry, requestId, signal } = invocation;
  const asked =
    invocation.alias === previewAlias ? await previewOf(event, invocation) : await scanOf(event, invocation);
  if (asked.result === 'refused') {
    telemetry.log.warn('preview refused', { scanId: asked.scanId ?? undefined, reason: asked.why });
    return asked;
  }
  const { scanId } = asked;
  if (asked.result !== undefined) {
    telemetry.log.info('preview cancelled', { scanId });
    return { scanId, result: asked.result };
  }
  const batcher = {
    ...{
      segments: target.segments,
      readersFor: target.readersFor,
      library: target.library,
      now: Date.now,
      observe: telemetry.observe,
    },
    ...{ records: target.state.records, scans: target.state.scans, queues: target.state.queues },
    ...{
      previews: target.previews,
      maxObjectBytes: target.maxObjectBytes,
      largeFiles: target.largeFiles,
      unpack: target.unpack,
      owner: requestId,
    },
  };
  const result = await runBatcher(batcher, scanId, signal);
  telemetry.log.info('batcher', { scanId, result });
  if (result === 'stopped' && (await target.state.scans.get(scanId))?.state === 'running') {
    await target.runBatcher(scanId);
  }
  return { scanId, result };
});

/**
 * A refusal is not a failure of the function: alarms watch those, and a pull request must not set
 * one off. The caller does not wait for an answer, so a refusal is recorded where it looks for its
 * scan.
 */
async function previewOf(event: unknown, { target }: Invocation): Promise<Taken | Refused> {
  const { scans } = target.state;
  let scanId: string | null = null;
  try {
    const asked = parsePreviewEvent(event);
    if (asked.type === 'cancel') {
      const scan = await cancelPreview(scans, asked.scanId, new Date().toISOString());
      return { scanId: scan.id, result: 'cancelled' };
    }
    scanId = asked.scanId;
    return { scanId: await start(asked.request(), target) };
  } catch (error) {
    if (!refusals.some((code) => hasCode(error, code))) throw error;
    const why = messageOf(error);
    if (scanId !== null) {
      // The response of a service names accounts and roles, and a pull request may be public.
      const reason =
        error instanceof Error && error.cause !== undefined ? unusableInput : why.slice(0, maxReasonLength);
      await recordRefusal(scans, scanId, reason, new Date().toISOString());
    }
    return { scanId, result: 'refused', why };
  }
}

const unusableInput = 'The preview was refused: something that it names cannot be read. See the log of the batcher.';

async function start(request: PreviewRequest, target: AwsTarget): Promise<string> {
  await target.openInventories(request.inventories);
  const { scans } = target.state;
  const { id } = await startPreview(
    { scans, library: target.library, buckets: target.buckets, limits: target.previews, now: Date.now },
    request,
  );
  return id;
}

async function scanOf(event: unknown, { target, telemetry }: Invocation): Promise<Taken> {
  const parsed = checkShape(eventSchema, event);
  if (!parsed.success) {
    throw new RearviewError(
      'ERR_CONFIG',
      `Invalid event for the batcher (only its alias "${previewAlias}" takes previews): ${describeIssues(parsed.error)}`,
    );
  }
  if ('scanId' in parsed.data) return { scanId: parsed.data.scanId };
  const { full, inventories, exclude, ...rest } = parsed.data.start;
  const problem = excludesProblem(exclude);
  if (problem !== null) throw new RearviewError('ERR_CONFIG', `exclude: ${problem}`);
  const filter = exclude.length === 0 ? rest : { ...rest, exclude: [...new Set(exclude)] };
  // Reported to the caller at once instead of by the scan.
  await target.openInventories(inventories);
  const { scan, superseded } = await startRetro(
    { scans: target.state.scans, library: target.library, now: Date.now },
    { buckets: target.buckets, filter, full, inventories, expected: null },
  );
  for (const { id } of superseded) telemetry.log.info('scan superseded', { scanId: id, by: scan.id });
  return { scanId: scan.id };
}
