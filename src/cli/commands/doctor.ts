import { existsSync } from 'node:fs';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import { openLocalHome } from '../../homes/local-home.ts';
import type { GlobalOptions } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import {
  checkDisk,
  checkEngine,
  checkNode,
  checkQueues,
  checkRules,
  checkScans,
  checkState,
  type Finding,
} from '../doctor-checks.ts';
import { exitCodes } from '../exit-codes.ts';
import { switchFlag } from '../flags.ts';
import { jsonLine, painter, printLine, safeText } from '../output.ts';

const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** `doctor`. */
export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Check that everything here works.',
  description:
    'Checks Node, the engine, the rules, the disk, the state folder, the queues and the scans; a line each, with the way out where something is wrong. Ends with 1 where a check fails; warnings do not count.',
  flags: [['--json', 'JSON, one check a line: check, status (ok, warn, fail), detail.']],
  options: z.object({ json: switchFlag }),
  examples: ['rearview doctor'],
  async run(context, { options, globals }) {
    const findings = [
      checkNode(process.version),
      await checkEngine(),
      await checkRules(globals.rulesDir),
      await checkDisk(globals.stateDir),
      ...(await checkHome(globals)),
    ];
    const paint = painter(context, 'stdout');
    for (const finding of findings) {
      const { check, status, detail } = finding;
      const line = `${paint(colours[status], status.padEnd(4))}  ${check.padEnd(11)}  ${safeText(detail)}`;
      await printLine(context.stdout, options.json ? jsonLine(finding) : line);
    }
    return findings.some(({ status }) => status === 'fail') ? exitCodes.findings : exitCodes.ok;
  },
});

async function checkHome(globals: GlobalOptions): Promise<readonly Finding[]> {
  const { stateDir } = globals;
  if (!existsSync(stateDir)) {
    return [{ check: 'state', status: 'ok', detail: `no state folder ${stateDir} yet: "rearview up" makes it` }];
  }
  try {
    const home = await openLocalHome({ stateDir });
    try {
      return [checkState(home, stateDir), ...(await checkQueues(home)), await checkScans(home)];
    } finally {
      await home.close();
    }
  } catch (error) {
    return [{ check: 'state', status: 'fail', detail: `${stateDir}: ${messageOf(error)}` }];
  }
}
