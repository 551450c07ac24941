import { hasCode } from '../../domain/errors.ts';
import type { Pipeline } from './pipeline.ts';

/** Runs the pipeline in this process; null if another process or functions run it. */
export async function startPipelineUnlessRunning(target: {
  startPipeline?(): Pipeline | Promise<Pipeline>;
}): Promise<Pipeline | null> {
  try {
    return (await target.startPipeline?.()) ?? null;
  } catch (error) {
    if (hasCode(error, 'ERR_STATE_LOCKED')) return null;
    throw error;
  }
}
