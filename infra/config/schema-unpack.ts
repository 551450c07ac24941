import * as z from 'zod';
import { defaultUnpackLimits as unpackDefaults } from '../../src/domain/inside/limits.ts';
import { texts, whole } from './schema-values.ts';

/** `rearview:unpack` */
export const unpack = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether members of archives, documents and packed files are scanned'),
    maxDepth: whole(1, 32).default(unpackDefaults.maxDepth).describe('Levels of containers in containers'),
    maxMembers: whole(1, 1_000_000).default(unpackDefaults.maxMembers).describe('Members per file'),
    maxMemberBytes: whole(1, 2 ** 30)
      .default(unpackDefaults.maxMemberBytes)
      .describe('Of a larger member, the first part is scanned'),
    maxBytes: whole(1, 2 ** 40)
      .default(unpackDefaults.maxBytes)
      .describe('Extracted bytes per file'),
    maxRatio: whole(1, 1_000_000)
      .default(unpackDefaults.maxRatio)
      .describe('Extracted bytes per byte of a container, from 16 MiB on'),
    maxMs: whole(100, 600_000).default(unpackDefaults.maxMs).describe('Milliseconds for all members of a file'),
    passwords: texts
      .max(20)
      .default([...unpackDefaults.passwords])
      .describe('Passwords that are tried'),
  })
  .prefault({})
  .describe('Limits for what is [inside files](../reference/containers.md)');
