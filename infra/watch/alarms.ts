import type { StackContext } from '../context.ts';
import type { AlarmDefinition } from './alarm.ts';
import { functionAlarms } from './alarms/function-alarms.ts';
import { pipelineAlarms } from './alarms/pipeline-alarms.ts';
import { queueAlarms } from './alarms/queue-alarms.ts';
import type { Watched } from './watched.ts';

/**
 * All alarms of a stack. Its budget watches the costs. Tables have none: what is throttled is tried
 * again, and then files wait (`live-age`), batches report nothing (`scan-stalled`), or functions fail.
 */
export function alarmsOf(context: Pick<StackContext, 'config'>, watched: Watched): readonly AlarmDefinition[] {
  return [...pipelineAlarms(context, watched), ...queueAlarms(context, watched), ...functionAlarms(watched)];
}
