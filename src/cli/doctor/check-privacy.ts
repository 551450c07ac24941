import { type Stats, statSync } from 'node:fs';
import { isOpenToOthers } from '../../files/private-files.ts';
import { type CheckResult, ok, warn } from './check-result.ts';

/**
 * Checks that only its owner can read the state folder.
 * @param before the folder as it was before it was opened, which closes it where it belongs to the
 * user of this process
 */
export function checkPrivacy(stateDir: string, before: Pick<Stats, 'mode'>): CheckResult {
  const check = 'privacy';
  const now = statSync(stateDir);
  if (isOpenToOthers(now)) {
    return warn(
      check,
      `Other users can read ${stateDir} (mode ${modeOf(now)}), which has copies of scanned files, matches and alerts. Close it as its owner: chmod -R go= '${stateDir}'`,
    );
  }
  if (isOpenToOthers(before)) {
    return warn(check, `Other users could read ${stateDir} until now (mode ${modeOf(before)}); it is closed now.`);
  }
  return ok(check, `only its owner can read ${stateDir}`);
}

function modeOf({ mode }: Pick<Stats, 'mode'>): string {
  return (mode & 0o777).toString(8);
}
