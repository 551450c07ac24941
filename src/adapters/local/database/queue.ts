import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { DeadLetter, Queue, ReceivedMessage } from '../../../ports/queue.ts';
import type { Database } from './database.ts';
import { createBell } from './queue-bell.ts';

/** Polling interval for messages of another process; those of this process ring a bell. */
const pollMs = 100;

export interface SqliteQueueOptions {
  readonly db: Database;
  readonly name: string;
  /** Milliseconds until a message that was received and not acknowledged is visible again. */
  readonly visibilityMs: number;
  /** Deliveries after which a message becomes a dead letter. */
  readonly maxReceives: number;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

const bells = createBell();

const row = z.object({ id: z.number(), body: z.string(), sent_at: z.number(), receive_count: z.number() });
const statsRow = z.object({ visible: z.number(), flying: z.number(), dead: z.number(), oldest: z.number().nullable() });

/** Writes messages; call it in a transaction to make them part of it. */
export function insertMessages(db: Database, queue: string, bodies: readonly string[], nowMs: number): void {
  const insert = db.prepare('INSERT INTO messages (queue, body, sent_at, visible_at) VALUES (?, ?, ?, ?)');
  for (const body of bodies) insert.run(queue, body, nowMs, nowMs);
  bells.ring(db, queue);
}

/**
 * Makes messages visible that a dead process had received; the delivery does not count. Only for a
 * caller that is the only receiver of this database. Returns how many messages became visible.
 */
export function returnInterrupted(db: Database, nowMs: number): number {
  return db
    .prepare(
      'UPDATE messages SET visible_at = ?, receive_count = receive_count - 1, receipt = NULL WHERE dead = 0 AND receipt IS NOT NULL',
    )
    .run(nowMs);
}

/** A queue in SQLite, modelled on Amazon SQS; messages are in the order they became visible. */
export function createSqliteQueue({ db, name, visibilityMs, maxReceives, now = Date.now }: SqliteQueueOptions): Queue {
  const next = db.prepare(
    'SELECT id, body, sent_at, receive_count FROM messages WHERE queue = ? AND dead = 0 AND visible_at <= ? ORDER BY visible_at, id LIMIT ?',
  );
  const deliver = db.prepare(
    'UPDATE messages SET receive_count = receive_count + 1, receipt = ?, visible_at = ? WHERE id = ?',
  );
  const bury = db.prepare('UPDATE messages SET dead = 1, receipt = NULL WHERE id = ?');
  const remove = db.prepare('DELETE FROM messages WHERE id = ? AND receipt = ?');
  const show = db.prepare('UPDATE messages SET visible_at = ?, receipt = NULL WHERE id = ? AND receipt = ?');
  const extend = db.prepare('UPDATE messages SET visible_at = ? WHERE id = ? AND receipt = ?');
  const dead = db.prepare(
    'SELECT id, body, sent_at, receive_count FROM messages WHERE queue = ? AND dead = 1 ORDER BY id LIMIT ?',
  );
  const revive = db.prepare(
    'UPDATE messages SET dead = 0, receive_count = 0, visible_at = ? WHERE queue = ? AND dead = 1',
  );
  const reviveOne = db.prepare(
    'UPDATE messages SET dead = 0, receive_count = 0, visible_at = ? WHERE queue = ? AND dead = 1 AND id = ?',
  );
  const count = db.prepare(
    `SELECT coalesce(sum(dead = 0 AND visible_at <= ?1), 0) visible, coalesce(sum(dead = 0 AND visible_at > ?1), 0) flying, coalesce(sum(dead), 0) dead,
     min(CASE dead WHEN 0 THEN sent_at END) oldest FROM messages WHERE queue = ?2`,
  );

  const take = (max: number): readonly ReceivedMessage[] => {
    // Reads outside a transaction first: an idle consumer never blocks a writer.
    if (next.get(name, now(), 1) === undefined) return [];
    return db.transaction(() => {
      const messages: ReceivedMessage[] = [];
      while (messages.length < max) {
        const found = next.all(name, now(), max - messages.length).map((each) => row.parse(each));
        if (found.length === 0) break;
        for (const { id, body, sent_at, receive_count } of found) {
          if (receive_count >= maxReceives) {
            bury.run(id);
            continue;
          }
          const receipt = randomUUID();
          // At least 1 ms, so that the next read does not find it again.
          deliver.run(receipt, now() + Math.max(visibilityMs, 1), id);
          const sentAt = new Date(sent_at).toISOString();
          messages.push({ id: String(id), body, receipt, receiveCount: receive_count + 1, sentAt });
        }
      }
      return messages;
    });
  };

  return {
    name,
    send: async (bodies) => db.transaction(() => insertMessages(db, name, bodies, now())),
    async receive({ max, waitMs = 0, signal }) {
      for (const until = performance.now() + waitMs; ; ) {
        const messages = take(max);
        const left = until - performance.now();
        if (messages.length > 0 || left <= 0 || signal?.aborted === true) return messages;
        await bells.wait(db, name, Math.min(pollMs, left), signal);
      }
    },
    acknowledge: async ({ id, receipt }) => void remove.run(Number(id), receipt),
    release: async ({ id, receipt }, delayMs) => void show.run(now() + delayMs, Number(id), receipt),
    extend: async ({ id, receipt }) => void extend.run(now() + visibilityMs, Number(id), receipt),
    async stats() {
      const { visible, flying, dead: deadLetters, oldest } = statsRow.parse(count.get(now(), name));
      return { visible, inFlight: flying, deadLetters, oldestMs: oldest === null ? null : Math.max(0, now() - oldest) };
    },
    deadLetters: async ({ limit }) =>
      dead.all(name, limit).map((each): DeadLetter => {
        const { id, body, sent_at, receive_count } = row.parse(each);
        return { id: String(id), body, receiveCount: receive_count, sentAt: new Date(sent_at).toISOString() };
      }),
    redrive: async ({ ids } = {}) =>
      db.transaction(() =>
        ids === undefined
          ? revive.run(now(), name)
          : ids.reduce((sum, id) => sum + reviveOne.run(now(), name, Number(id)), 0),
      ),
  };
}
