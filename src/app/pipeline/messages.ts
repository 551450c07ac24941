import * as z from 'zod';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { checkShape, describeIssues } from '../../domain/text/check-shape.ts';

const objectMessage = z.object({
  type: z.literal('object'),
  bucket: z.string().min(1),
  key: z.string().min(1),
  version: z.string(),
  size: z.int().nonnegative(),
  arrivedAt: z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'is not a time'),
});
const batchMessage = z.object({
  type: z.literal('batch'),
  scanId: z.string(),
  batchId: z.string(),
  /**
   * When work on it began, ISO 8601 in UTC: objects that this scan has an outcome for since then
   * are done. Present in a batch that continues.
   */
  since: z.string().exactOptional(),
});
const message = z.discriminatedUnion('type', [objectMessage, batchMessage]);

/** Work for an analyzer: one object that arrived, or one batch of a retro scan. */
export type WorkMessage = z.infer<typeof message>;

/** The message for an object that arrived. */
export function objectArrived(object: ObjectInfo): string {
  const { bucket, key, version, size, arrivedAt } = object;
  return JSON.stringify({ type: 'object', bucket, key, version, size, arrivedAt } satisfies WorkMessage);
}

/** A batch of a retro scan, as messages name it. */
export type BatchRef = Omit<z.infer<typeof batchMessage>, 'type'>;

/**
 * The message for a batch of a retro scan. The batch itself is in the scan store, so messages stay
 * small.
 */
export function batchDue({ scanId, batchId, since }: BatchRef): string {
  const begun = since === undefined ? {} : { since };
  return JSON.stringify({ type: 'batch', scanId, batchId, ...begun } satisfies WorkMessage);
}

/** @throws RearviewError `ERR_CONFIG` for a body that is not a message of Rearview */
export function parseMessage(body: string): WorkMessage {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    throw new RearviewError('ERR_CONFIG', `The message is not JSON: ${body.slice(0, 200)}`, { cause });
  }
  return readMessage(json);
}

/** @throws RearviewError `ERR_CONFIG` for a value that is not a message of Rearview */
export function readMessage(json: unknown): WorkMessage {
  const parsed = checkShape(message, json);
  if (!parsed.success) {
    throw new RearviewError('ERR_CONFIG', `Unknown message: ${describeIssues(parsed.error)}`);
  }
  return parsed.data;
}
