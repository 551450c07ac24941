import type { LocalTarget } from '../../targets/local/local-target.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Say } from './up-lines.ts';

/** Alerts that are counted where they were not delivered. */
const mostOwed = 1000;

/** The exit code after all other work. Undelivered alerts are not lost, but count as a problem. */
export async function requireDelivery({
  target,
  say,
}: {
  readonly target: Pick<LocalTarget, 'state'>;
  readonly say: Say;
}): Promise<number> {
  const owed = await target.state.matches.pendingAlerts({ limit: mostOwed });
  if (owed.length === 0) return exitCodes.ok;
  const count =
    owed.length === mostOwed
      ? `${mostOwed} alerts or more were`
      : owed.length === 1
        ? '1 alert was'
        : `${owed.length} alerts were`;
  say('alerts', `${count} not delivered; the next run sends ${owed.length === 1 ? 'it' : 'them'} again`);
  return exitCodes.problems;
}
