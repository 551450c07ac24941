import { activeRetros } from '../../app/scans/retro-scans.ts';
import type { Target } from '../../targets/target.ts';
import { plural } from '../output/output.ts';
import type { CheckResult } from './check-result.ts';

/** Checks for retro scans without a running pipeline. */
export async function checkScans(target: Target): Promise<CheckResult> {
  const check = 'scans';
  const active = await activeRetros(target.state.scans);
  const paused = active.filter(({ state }) => state === 'paused').map(({ id }) => id);
  const running = active.filter(({ state }) => state === 'running').map(({ id }) => id);
  if (running.length > 0 && !target.isPipelineRunning()) {
    return {
      check,
      status: 'warn',
      detail: `${running.join(', ')} has not finished and no process runs the pipeline: run "rearview up".`,
    };
  }
  if (paused.length > 0)
    return { check, status: 'warn', detail: `${paused.join(', ')} is paused: "rearview retro resume" resumes it.` };
  return {
    check,
    status: 'ok',
    detail: running.length === 0 ? 'none running or paused' : `${plural(running.length, 'scan')} under way`,
  };
}
