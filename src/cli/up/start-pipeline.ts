import type { Pipeline } from '../../app/pipeline/pipeline.ts';
import { hasCode } from '../../domain/errors.ts';
import type { Target } from '../../targets/target.ts';

/** Runs the pipeline in this process; null where another process or functions do. */
export function startPipelineUnlessRunning(target: Target): Pipeline | null {
  try {
    return target.startPipeline?.() ?? null;
  } catch (error) {
    if (hasCode(error, 'ERR_STATE_LOCKED')) return null;
    throw error;
  }
}
