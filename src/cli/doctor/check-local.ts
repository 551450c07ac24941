import { statSync } from 'node:fs';
import { isStateFolder } from '../../adapters/local/state.ts';
import { messageOf } from '../../domain/errors.ts';
import { openLocalHome } from '../../targets/local/local-home.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { checkDisk } from './check-disk.ts';
import { checkPrivacy } from './check-privacy.ts';
import { checkQueues } from './check-queues.ts';
import { checkRules } from './check-rules.ts';
import { checkRuleset, noneOnThisMachine } from './check-ruleset.ts';
import { checkScans } from './check-scans.ts';
import { checkState } from './check-state.ts';
import type { Finding } from './finding.ts';

/** What the pipeline of this machine needs, and how it stands. */
export async function checkLocal(
  context: Pick<CliContext, 'cwd'>,
  { rulesDir, stateDir }: GlobalOptions,
): Promise<readonly Finding[]> {
  return [await checkRules(context, rulesDir), await checkDisk(stateDir), ...(await checkHome(stateDir))];
}

async function checkHome(stateDir: string): Promise<readonly Finding[]> {
  try {
    const isThere = isStateFolder(stateDir);
    const before = statSync(stateDir, { throwIfNoEntry: false });
    if (before === undefined || !isThere) {
      return [{ check: 'state', status: 'ok', detail: `no state folder ${stateDir} yet: "rearview up" makes it` }];
    }
    const home = await openLocalHome({ stateDir });
    try {
      return [
        checkState(home, stateDir),
        checkPrivacy(stateDir, before),
        ...(await checkQueues(home)),
        await checkRuleset(home, noneOnThisMachine),
        await checkScans(home),
      ];
    } finally {
      await home.close();
    }
  } catch (error) {
    return [{ check: 'state', status: 'fail', detail: `${stateDir}: ${messageOf(error)}` }];
  }
}
