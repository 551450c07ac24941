import * as z from 'zod';
import type { LocalState } from '../../adapters/local/state.ts';
import { parseStored } from '../../domain/text/parse-stored.ts';

/** Settings of a state folder that persist between runs. */
type Pointers = Pick<LocalState, 'pointers'>;

const rootsPointer = 'corpus/roots';
const webhookPointer = 'alerts/webhook';

/** The folders whose files are registered in place; empty before the first run. */
export async function readRoots({ pointers }: Pointers): Promise<readonly string[]> {
  const pointer = await pointers.get(rootsPointer);
  return pointer === null ? [] : parseStored(z.array(z.string()), pointer.value, 'list of folders');
}

export function writeRoots(state: Pointers, roots: readonly string[]): Promise<void> {
  return write(state, rootsPointer, roots);
}

/** The URL that alerts are sent to; null where there is none. */
export async function readWebhook({ pointers }: Pointers): Promise<string | null> {
  const pointer = await pointers.get(webhookPointer);
  return pointer === null ? null : parseStored(z.string().nullable(), pointer.value, 'webhook');
}

export function writeWebhook(state: Pointers, webhook: string | null): Promise<void> {
  return write(state, webhookPointer, webhook);
}

/** Only the process that holds the lock of the pipeline writes. */
async function write({ pointers }: Pointers, name: string, value: unknown): Promise<void> {
  const pointer = await pointers.get(name);
  await pointers.compareAndSet(name, pointer?.revision ?? null, JSON.stringify(value));
}
