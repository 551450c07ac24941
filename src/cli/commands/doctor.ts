import { defineCommand } from '../define-command.ts';
import { checkAws } from '../doctor/check-aws.ts';
import { checkEngine } from '../doctor/check-engine.ts';
import { checkLocal } from '../doctor/check-local.ts';
import { checkNode } from '../doctor/check-node.ts';
import { exitCodes } from '../exit-codes.ts';
import { flagSet } from '../flags/flag.ts';
import { switchFlag } from '../flags/flags.ts';
import { jsonLine, painter, printLine, safeText } from '../output/output.ts';

const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** `doctor`. */
export const doctor = defineCommand({
  description:
    'Check the setup and the state of the pipeline, one line a check.\n\nEach warning or failure has a way to fix it. With --target aws, also checks settings, credentials, buckets, tables, queues, topic and functions.\nChanges nothing, except that it closes your own state folder to other users. Ends with 1 if a check fails; warnings do not count.',
  flags: [['--json', 'Print JSON, one check a line: check, status (ok, warn, fail), detail.']],
  options: flagSet({ json: switchFlag }),
  examples: ['rearview doctor', 'rearview doctor --target aws --stack-outputs outputs.json'],
  async run(context, { options, globals }) {
    const results = [
      checkNode(process.version),
      await checkEngine(),
      ...(await (globals.target === 'aws' ? checkAws(globals) : checkLocal(context, globals))),
    ];
    const paint = painter(context, 'stdout');
    const width = Math.max(...results.map(({ check }) => safeText(check).length));
    for (const result of results) {
      const { check, status, detail } = result;
      const line = `${paint(colours[status], status.padEnd(4))}  ${safeText(check).padEnd(width)}  ${safeText(detail)}`;
      await printLine(context.stdout, options.json ? jsonLine(result) : line);
    }
    return results.some(({ status }) => status === 'fail') ? exitCodes.problems : exitCodes.ok;
  },
});
