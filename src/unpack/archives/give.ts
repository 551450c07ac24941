import { LimitReached, type Room } from '../types.ts';

/** Gives a member that is in memory to the room; of one that is too large, its first part. */
export function give(room: Room, name: string, bytes: Uint8Array): void {
  const most = room.allowance();
  try {
    room.grow(bytes.length);
  } catch (error) {
    if (!(error instanceof LimitReached) || error.reason === 'time') throw error;
    room.cut(name, bytes.subarray(0, most), error.reason);
    // Others may be smaller.
    if (error.reason === 'member_size') return;
    throw error;
  }
  room.member(name, bytes);
}
