import { deadLetterObjects, type LetterObject } from '../../app/pipeline/dead-letter-objects.ts';
import { defineCommand } from '../define-command.ts';
import { flagSet } from '../flags/flag.ts';
import { countFlag, switchFlag } from '../flags/flags.ts';
import { formatDuration, jsonLine, plural, printLine, safeText, table } from '../output/output.ts';
import { withExistingTarget } from '../wiring/with-target.ts';

/** `queue status`. */
export const queueStatus = defineCommand({
  description:
    'Show the queues of uploads (live), retro scans and previews.\n\nFor each queue: waiting messages, messages in progress, age of the oldest, and dead letters.',
  flags: [
    ['--dead-letters', 'List the dead letters instead: queue, id, time, objects, and message.'],
    ['--limit <n>', 'Most dead letters to list for each queue. Default: 100.'],
    ['--json', 'Print JSON, one queue (or dead letter) a line; ages in milliseconds.'],
  ],
  options: flagSet({ deadLetters: switchFlag, limit: countFlag.default(100), json: switchFlag }),
  examples: ['rearview queue status', 'rearview queue status --dead-letters --json'],
  run: ({ stdout, stderr }, { options, globals }) =>
    withExistingTarget(globals, async ({ state }) => {
      const queues = [state.queues.live, state.queues.retro, state.queues.preview];
      if (options.deadLetters) {
        for (const queue of queues) {
          const letters = await queue.deadLetters({ limit: options.limit, patient: true });
          for (const letter of letters) {
            const objects = await deadLetterObjects(letter.body, state.scans);
            const line = options.json
              ? jsonLine({ queue: queue.name, ...letter, objects })
              : `${queue.name}  ${letter.id}  ${letter.sentAt}  ${safeText(`${namesOf(objects)}${letter.body}`)}`;
            await printLine(stdout, line);
          }
          const missing = Math.min(options.limit, (await queue.stats()).deadLetters) - letters.length;
          if (missing > 0) {
            const text = `${queue.name}: ${plural(missing, 'more dead letter')} could not be read, since another reader has them: try again.`;
            await printLine(stderr, text);
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

/** `corpus/a.exe and 99 more  `; empty for a message that names no object. */
function namesOf([first, ...others]: readonly LetterObject[]): string {
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${first.bucket}/${first.key}${more}  `;
}
