import type { Pipeline } from '../../app/pipeline/pipeline.ts';
import { hasCode } from '../../domain/errors.ts';
import type { Target } from '../../targets/target.ts';

/** Runs the pipeline in this process; null where another process or functions do. */
export async function startPipelineUnlessRunning(target: Target): Promise<Pipeline | null> {
  try {
    return (await target.startPipeline?.()) ?? null;
  } catch (error) {
    if (hasCode(error, 'ERR_STATE_LOCKED')) return null;
    throw error;
  }
}
