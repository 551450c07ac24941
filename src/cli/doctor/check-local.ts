import { statSync } from 'node:fs';
import { messageOf } from '../../domain/errors.ts';
import { openLocalTarget } from '../../targets/local/local-target.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { hasTarget } from '../wiring/state-folder.ts';
import { checkDisk } from './check-disk.ts';
import { checkOwedAlerts } from './check-owed-alerts.ts';
import { checkPrivacy } from './check-privacy.ts';
import { checkQueues } from './check-queues.ts';
import type { CheckResult } from './check-result.ts';
import { checkRules } from './check-rules.ts';
import { checkRuleset, noneOnThisMachine } from './check-ruleset.ts';
import { checkScans } from './check-scans.ts';
import { checkState } from './check-state.ts';

/** Checks of the pipeline on this machine. */
export async function checkLocal(
  context: Pick<CliContext, 'cwd' | 'env'>,
  { rulesDir, stateDir }: GlobalOptions,
): Promise<readonly CheckResult[]> {
  return [await checkRules(context, rulesDir), await checkDisk(stateDir), ...(await checkTarget(stateDir))];
}

async function checkTarget(stateDir: string): Promise<readonly CheckResult[]> {
  try {
    const isThere = hasTarget({ target: 'local', stateDir });
    const before = statSync(stateDir, { throwIfNoEntry: false });
    if (before === undefined || !isThere) {
      return [{ check: 'state', status: 'ok', detail: `no state folder ${stateDir} yet: "rearview up" creates it` }];
    }
    const target = await openLocalTarget({ stateDir });
    try {
      return [
        checkState(target, stateDir),
        checkPrivacy(stateDir, before),
        ...(await checkQueues(target)),
        await checkOwedAlerts(target, Date.now()),
        await checkRuleset(target, noneOnThisMachine),
        await checkScans(target),
      ];
    } finally {
      await target.close();
    }
  } catch (error) {
    return [{ check: 'state', status: 'fail', detail: `${stateDir}: ${messageOf(error)}` }];
  }
}
