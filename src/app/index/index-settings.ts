import { createHash } from 'node:crypto';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import { unpackerVersion } from '../../domain/inside/unpacker-version.ts';
import { gramHashId } from '../../index/gram-hash.ts';

/**
 * Returns a name for everything that decides which bytes a scan sees: 16 hex digits. What was
 * indexed with other settings says nothing about a scan with these.
 */
export function indexSettings({ maxObjectBytes, largeFiles, unpack }: ScanLimits): string {
  const text = JSON.stringify([gramHashId, unpackerVersion, maxObjectBytes, largeFiles, unpack]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
