import { RearviewError } from '../../domain/errors.ts';
import { defineCommand } from '../define-command.ts';
import { flagSet, wordFlag } from '../flags/flag.ts';
import { plural, printLine } from '../output/output.ts';
import { withExistingTarget } from '../wiring/with-target.ts';

/** `queue redrive`. */
export const queueRedrive = defineCommand({
  description:
    'Put dead letters back into their queue: all of them, or the named ones.\n\nTheir work starts again, and its outcomes replace the ledger entries. Ends with 2 if a named dead letter does not exist.',
  args: [['[ids...]', 'Ids from "rearview queue status --dead-letters". Default: all.']],
  flags: [['--queue <name>', 'Only this queue: live, retro or preview. Default: all.']],
  options: flagSet({
    queue: wordFlag(
      ['live', 'retro', 'preview'],
      (given) => `Unknown queue "${String(given)}": use live, retro or preview.`,
    ).optional(),
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
          `Only ${total} of the ${ids.length} named ids are dead letters: list them with "rearview queue status --dead-letters".`,
        );
      }
      if (total > 0 && !target.isPipelineRunning()) {
        await printLine(stderr, 'No process runs the pipeline: the messages are processed when "rearview up" runs.');
      }
      return 0;
    }),
});
