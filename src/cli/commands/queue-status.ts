import { z } from 'zod';
import { defineCommand } from '../define-command.ts';
import { countFlag, switchFlag } from '../flags/flags.ts';
import { formatDuration, jsonLine, printLine, safeText, table } from '../output/output.ts';
import { withExistingTarget } from '../wiring/with-target.ts';

/** `queue status`. */
export const queueStatus = defineCommand({
  description:
    'Show the queues of uploads (live), retro scans and previews.\n\nFor each queue: waiting messages, messages in progress, age of the oldest, and dead letters.',
  flags: [
    ['--dead-letters', 'List the dead letters instead, with their ids and their work.'],
    ['--limit <n>', 'Most dead letters to list for each queue. Default: 100.'],
    ['--json', 'Print JSON, one queue (or dead letter) a line; ages in milliseconds.'],
  ],
  options: z.object({ deadLetters: switchFlag, limit: countFlag.default(100), json: switchFlag }),
  examples: ['rearview queue status', 'rearview queue status --dead-letters --json'],
  run: ({ stdout }, { options, globals }) =>
    withExistingTarget(globals, async ({ state }) => {
      const queues = [state.queues.live, state.queues.retro, state.queues.preview];
      if (options.deadLetters) {
        for (const queue of queues) {
          for (const letter of await queue.deadLetters({ limit: options.limit })) {
            const line = options.json
              ? jsonLine({ queue: queue.name, ...letter })
              : `${queue.name}  ${letter.id}  ${letter.sentAt}  ${safeText(letter.body)}`;
            await printLine(stdout, line);
          }
        }
        return 0;
      }
      const rows = await Promise.all(queues.map(async (queue) => ({ queue: queue.name, ...(await queue.stats()) })));
      if (options.json) for (const row of rows) await printLine(stdout, jsonLine(row));
      else {
        const cells = rows.map(({ queue, visible, inFlight, deadLetters, oldestMs }) => [
          ...[queue, visible, inFlight, deadLetters, oldestMs === null ? '-' : formatDuration(oldestMs)],
        ]);
        await printLine(stdout, table(['QUEUE', 'WAITING', 'IN FLIGHT', 'DEAD LETTERS', 'OLDEST'], cells));
      }
      return 0;
    }),
});
