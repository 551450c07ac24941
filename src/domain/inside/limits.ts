/**
 * Limits on what is extracted from one object. A limit that is reached is recorded with the members
 * that it kept from being scanned; the object itself is scanned in any case.
 */
export interface UnpackLimits {
  /** Levels of containers: with 1, members of the object are scanned, and nothing inside them. */
  readonly maxDepth: number;
  /** Members per object, at all levels. */
  readonly maxMembers: number;
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
  maxBytes: 512 * 1024 * 1024,
  maxRatio: 250,
  maxMs: 30_000,
  passwords: ['infected', 'malware', 'virus', 'password'],
};

/** The limits that an object can reach. */
export const unpackLimitNames = ['depth', 'members', 'bytes', 'ratio', 'time'] as const;
export type UnpackLimitName = (typeof unpackLimitNames)[number];
