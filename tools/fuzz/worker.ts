import { parentPort, workerData } from 'node:worker_threads';
import { runCampaign } from './campaign.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { createJudge } from './judge.ts';
import { endRun, type RunRecord, type WorkerMessage, type WorkerTask, writeRun } from './protocol.ts';

/** Runs its tasks one after the other, in a thread that may be ended at any time. */
const { record }: { readonly record: RunRecord } = workerData;
const say = (message: WorkerMessage): void => parentPort?.postMessage(message);

parentPort?.on('message', (task: WorkerTask) => {
  perform(task).catch((error) =>
    say({ type: 'broken', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

const onRan = (): void => endRun(record);

async function perform({ module, work }: WorkerTask): Promise<void> {
  const { target }: { readonly target: FuzzTarget } = await import(module);
  if ('input' in work) {
    const judge = createJudge(target, null, { onRun: (input) => writeRun(record, 0, input), onRan });
    return say({ type: 'ran', result: await judge.run(Buffer.from(work.input)) });
  }
  const result = await runCampaign(target, {
    ...work,
    onRan,
    onRun: (iteration, input) => writeRun(record, iteration, input),
    onFinding: (finding) => say({ type: 'finding', finding }),
  });
  say({ type: 'done', result });
}
