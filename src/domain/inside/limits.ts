/**
 * Limits on what is extracted from one object. A limit that is reached is recorded with the members
 * that it kept from being scanned; the object itself is scanned in any case.
 */
export interface UnpackLimits {
  /** Levels of containers: with 1, members of the object are scanned, and nothing inside them. */
  readonly maxDepth: number;
  /** Members per object, at all levels. */
  readonly maxMembers: number;
  /** Bytes of one member. Of a larger one, the first part is scanned. */
  readonly maxMemberBytes: number;
  /** Extracted bytes per object, at all levels. */
  readonly maxBytes: number;
  /**
   * Extracted bytes of one container per byte of it. It counts from 16 MiB of extracted bytes on: a
   * document may compress well, a bomb only fills the disk.
   */
  readonly maxRatio: number;
  /** Milliseconds for all members of an object, including their scans. */
  readonly maxMs: number;
  /** Tried for encrypted members, in this order, after no password. */
  readonly passwords: readonly string[];
}

/** Extracted bytes of a container from which on its ratio counts. */
export const ratioCountsFromBytes = 16 * 1024 * 1024;

export const defaultUnpackLimits: UnpackLimits = {
  maxDepth: 8,
  maxMembers: 10_000,
  maxMemberBytes: 128 * 1024 * 1024,
  maxBytes: 1024 ** 3,
  maxRatio: 250,
  maxMs: 30_000,
  passwords: ['infected', 'malware', 'virus', 'password'],
};

/** The limits that an object can reach. */
export const unpackLimitNames = ['depth', 'members', 'member_size', 'bytes', 'ratio', 'time'] as const;
export type UnpackLimitName = (typeof unpackLimitNames)[number];

/** The value of each limit. */
export function limitValue(limits: UnpackLimits, name: UnpackLimitName): number {
  const { maxDepth, maxMembers, maxMemberBytes, maxBytes, maxRatio, maxMs } = limits;
  const values = {
    depth: maxDepth,
    members: maxMembers,
    member_size: maxMemberBytes,
    bytes: maxBytes,
    ratio: maxRatio,
    time: maxMs,
  };
  return values[name];
}
