import { z } from 'zod';
import { RearviewError } from '../../domain/errors.ts';
import { defineCommand } from '../define-command.ts';
import { plural, printLine } from '../output/output.ts';
import { withExistingTarget } from '../wiring/with-target.ts';

/** `queue redrive`. */
export const queueRedrive = defineCommand({
  description:
    'Puts dead letters back into their queue, to be tried again from the start: all of them, or those named. The ledger entries of what they ask for are replaced by what comes of it. Ends with 2 where a named one is not there.',
  args: [['[ids...]', 'Dead letters, as "rearview queue status --dead-letters" lists them. Default: all.']],
  flags: [['--queue <name>', 'Only of this queue: live, retro or preview. Default: all.']],
  options: z.object({
    queue: z
      .enum(['live', 'retro', 'preview'], {
        error: ({ input }) => `"${String(input)}" is none of live, retro, preview.`,
      })
      .optional(),
  }),
  examples: ['rearview queue redrive', 'rearview queue redrive --queue retro'],
  run: ({ stdout, stderr }, { args: ids, options, globals }) =>
    withExistingTarget(globals, async (target) => {
      const { live, retro, preview } = target.state.queues;
      const queues = options.queue === undefined ? [live, retro, preview] : [{ live, retro, preview }[options.queue]];
      let total = 0;
      for (const queue of queues) {
        const count = await queue.redrive(ids.length === 0 ? {} : { ids });
        await printLine(stdout, `${queue.name}: ${plural(count, 'message')} put back`);
        total += count;
      }
      if (total < new Set(ids).size) {
        throw new RearviewError(
          'ERR_NOT_FOUND',
          `Only ${total} of the ${ids.length} named are dead letters: "rearview queue status --dead-letters" lists those there are.`,
        );
      }
      if (total > 0 && !target.isPipelineRunning()) {
        await printLine(stderr, 'No process runs the pipeline: they are tried again when "rearview up" runs.');
      }
      return 0;
    }),
});
