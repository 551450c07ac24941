import type { Pipeline } from '../../app/pipeline/pipeline.ts';
import { hasCode } from '../../domain/errors.ts';
import type { Home } from '../../targets/home.ts';

/** Runs the pipeline in this process; null where another process or functions do. */
export function startPipelineUnlessRunning(home: Home): Pipeline | null {
  try {
    return home.startPipeline?.() ?? null;
  } catch (error) {
    if (hasCode(error, 'ERR_STATE_LOCKED')) return null;
    throw error;
  }
}
