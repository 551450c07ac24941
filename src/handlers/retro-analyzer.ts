import { startWorkerAhead } from '../engine/pool/worker-ahead.ts';

/** The function of batches of retro scans. Its thread starts while the rest is loaded. */
startWorkerAhead();
await import('./plain-schemas.ts');
export const handler = (await import('./handle-batches.ts')).handleBatches;
