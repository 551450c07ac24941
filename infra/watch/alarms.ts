import type { StackContext } from '../context.ts';
import type { AlarmDefinition } from './alarm.ts';
import { functionAlarms } from './alarms/function-alarms.ts';
import { pipelineAlarms } from './alarms/pipeline-alarms.ts';
import { queueAlarms } from './alarms/queue-alarms.ts';
import { tableAlarms } from './alarms/table-alarms.ts';
import type { Watched } from './watched.ts';

/** All alarms of a stack. Its budget watches the costs. */
export function alarmsOf(context: Pick<StackContext, 'config'>, watched: Watched): readonly AlarmDefinition[] {
  return [
    ...pipelineAlarms(context, watched),
    ...queueAlarms(context, watched),
    ...functionAlarms(watched),
    ...tableAlarms(watched),
  ];
}
