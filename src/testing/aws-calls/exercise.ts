import type { Teardown } from '../teardown.ts';
import { exerciseIndex } from './exercise/exercise-index.ts';
import { exerciseLive } from './exercise/exercise-live.ts';
import { exercisePreview } from './exercise/exercise-preview.ts';
import { exerciseRetro, exerciseStatistics } from './exercise/exercise-retro.ts';
import { exerciseSlow } from './exercise/exercise-slow.ts';
import { exerciseStaged } from './exercise/exercise-staged.ts';
import { startExercise } from './exercise/start-exercise.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { type AwsRecorderOptions, createAwsRecorder } from './recorder.ts';

export interface ExercisedPipeline {
  /** Requests to AWS, by the access key ids of `Counterparts.roles`. */
  readonly requests: readonly RecordedRequest[];
  /** Requests that `isAllowed` refused. */
  readonly refused: readonly RecordedRequest[];
}

/** The access key id of requests by the test itself. */
const byTest = 'test';

/**
 * Has the pipeline and the roles of the command line do all that they ever do, with all that can be
 * configured. Takes a minute.
 */
export async function exercisePipeline(t: Teardown, options: AwsRecorderOptions = {}): Promise<ExercisedPipeline> {
  const recorder = createAwsRecorder(t, {
    isAllowed: async (request) => request.caller === byTest || ((await options.isAllowed?.(request)) ?? true),
  });
  const exercise = await startExercise(t, recorder);
  await exerciseLive(exercise);
  await exerciseIndex(exercise);
  await exerciseRetro(exercise);
  await exercisePreview(exercise);
  await exerciseStatistics(exercise);
  await exerciseStaged(exercise);
  await exerciseSlow(t, recorder);
  const ofPipeline = ({ caller }: RecordedRequest) => caller !== byTest;
  return { requests: recorder.requests.filter(ofPipeline), refused: recorder.refused.filter(ofPipeline) };
}
