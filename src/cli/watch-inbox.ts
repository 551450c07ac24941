import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPathObjectReader } from '../adapters/local/path-object-store.ts';
import type { Observe } from '../app/events.ts';
import { messageOf } from '../domain/errors.ts';
import type { ObjectInfo } from '../domain/object.ts';
import { decodePath, encodePath } from '../domain/path-key.ts';
import type { ObjectReader, ObjectStore } from '../ports/object-store.ts';
import type { PointerStore } from '../ports/pointer-store.ts';

const pollMs = 200;
/** A file that was written to within this time may still be growing. */
const settleMs = 150;
const pageSize = 1000;

export interface InboxOptions {
  readonly dir: string;
  readonly store: ObjectStore;
  /** Remembers what was taken, so that a restart does not copy it all again. */
  readonly pointers: PointerStore;
  readonly signal: AbortSignal;
  readonly observe: Observe;
}

/**
 * Copies every file that comes into the folder, or changes there, into the corpus, which tells the live queue. The file itself is left as it is: it
 * is the user's. One that is still being written is taken when it rests, and again when it goes on.
 */
export async function watchInbox(options: InboxOptions): Promise<void> {
  const { dir, signal, observe } = options;
  await mkdir(dir, { recursive: true });
  const reader = createPathObjectReader({ bucket: 'inbox', roots: [dir] });
  /** Version taken, by key. */
  const taken = new Map<string, string>();
  const told = new Set<string>();
  while (!signal.aborted) {
    const started = performance.now();
    try {
      await sweep(reader, taken, told, options);
    } catch (error) {
      observe({ type: 'problem', where: `inbox ${dir}`, message: messageOf(error) });
    }
    // A large inbox is not swept all the time.
    const pauseMs = Math.max(pollMs, 5 * (performance.now() - started));
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

async function sweep(reader: ObjectReader, taken: Map<string, string>, told: Set<string>, options: InboxOptions) {
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<ObjectReader['list']>> = await reader.list({ after, limit: pageSize });
    for (const { key, detail } of page.problems) {
      if (told.has(key)) continue;
      told.add(key);
      options.observe({ type: 'problem', where: 'inbox', message: `${key}: ${detail}` });
    }
    for (const object of page.objects) {
      if (taken.get(object.key) === object.version || options.signal.aborted) continue;
      if (Date.now() - Date.parse(object.arrivedAt) < settleMs && Date.parse(object.arrivedAt) <= Date.now()) continue;
      try {
        if (await take(object, reader, options)) taken.set(object.key, object.version);
      } catch (error) {
        const message = `${object.key}: ${messageOf(error)}`;
        if (!told.has(message)) options.observe({ type: 'problem', where: 'inbox', message });
        told.add(message);
      }
    }
    after = page.next;
  } while (after !== null);
}

/** Copies the file, unless an earlier run did. Answers false where it changed meanwhile and has to be taken again. */
async function take(
  object: ObjectInfo,
  reader: ObjectReader,
  { dir, store, pointers }: InboxOptions,
): Promise<boolean> {
  const key = relative(encodePath(Buffer.from(dir)), object.key);
  const pointer = await pointers.get(`inbox/${key}`);
  if (pointer?.value === object.version) return true;
  await store.put(key, createReadStream(decodePath(object.key)), { metadata: { filepath: object.key } });
  const { version } = await reader.head({ key: object.key });
  if (version !== object.version) return false;
  return pointers.compareAndSet(`inbox/${key}`, pointer?.revision ?? null, version);
}
