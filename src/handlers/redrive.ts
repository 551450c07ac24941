import * as z from 'zod';
import { RearviewError } from '../domain/errors.ts';
import { checkShape, describeIssues } from '../domain/text/check-shape.ts';
import { defineHandler } from './invocation.ts';

const eventSchema = z.object({
  queue: z.enum(['live', 'retro', 'preview']).exactOptional(),
  ids: z.array(z.string()).exactOptional(),
});

/**
 * Puts dead letters back: `{"queue": "live"}` those of one queue, `{"ids": […]}` these, `{}` all.
 * Returns the number for each queue.
 */
export const handler = defineHandler(async (event, { target }): Promise<Readonly<Record<string, number>>> => {
  const parsed = checkShape(eventSchema, event ?? {});
  if (!parsed.success) {
    throw new RearviewError('ERR_CONFIG', `Invalid event for redrive: ${describeIssues(parsed.error)}`);
  }
  const { queue: name, ids } = parsed.data;
  const { live, retro, preview } = target.state.queues;
  const queues = name === undefined ? [live, retro, preview] : [{ live, retro, preview }[name]];
  const counts: Record<string, number> = {};
  for (const queue of queues) counts[queue.name] = await queue.redrive(ids === undefined ? {} : { ids });
  return counts;
});
