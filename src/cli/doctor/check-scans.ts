import { activeRetros } from '../../app/scans/retro-scans.ts';
import type { Target } from '../../targets/target.ts';
import { plural } from '../output/output.ts';
import type { Finding } from './finding.ts';

/** Retro scans that nobody carries out. */
export async function checkScans(target: Target): Promise<Finding> {
  const check = 'scans';
  const active = await activeRetros(target.state.scans);
  const paused = active.filter(({ state }) => state === 'paused').map(({ id }) => id);
  const running = active.filter(({ state }) => state === 'running').map(({ id }) => id);
  if (running.length > 0 && !target.isPipelineRunning()) {
    return {
      check,
      status: 'warn',
      detail: `${running.join(', ')} has not ended and no process runs the pipeline: run "rearview up".`,
    };
  }
  if (paused.length > 0)
    return { check, status: 'warn', detail: `${paused.join(', ')} is paused: "rearview retro resume" goes on.` };
  return {
    check,
    status: 'ok',
    detail: running.length === 0 ? 'none under way' : `${plural(running.length, 'scan')} under way`,
  };
}
