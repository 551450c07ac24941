import { decodeMetadata, encodeMetadata } from '../../../src/adapters/aws/s3/s3-metadata.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { readJson } from '../mutate/tree.ts';

/** Metadata is restored, and sent as plain ASCII; values by others are read without an error. */
export const target: FuzzTarget = {
  name: 's3-metadata',
  of: ['src/adapters/aws/s3/s3-metadata.ts'],
  syntax: 'json',
  seeds: () => [
    JSON.stringify({ filepath: '/srv/ü b/100%.txt', 'reported-by': 'host-1', __proto__x: 'y', '%41': '%u0041', e: '' }),
    '{"__proto__":"a","constructor":"b","A":"%ud83d","\\ud800":"\\udfff%"}',
  ],
  words: ['filepath', '__proto__', '%', '%u', '%ud800', '%25', '%c3%bc', '%FF', '_', 'A', 'İ', '\ud83d', '\u007f'],
  run(input) {
    const json = readJson(input.toString());
    if (typeof json !== 'object' || json === null) return 'no object';
    const given = Object.fromEntries(
      Object.entries(json).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    decodeMetadata(given);
    const encoded = encodeMetadata(given);
    require(Object.entries(encoded).every(
      ([name, value]) => /^[a-z0-9.%_-]+$/.test(name) && /^[!-~]+$/.test(value),
    ), 'metadata travels as plain text');
    const lower = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
    const decoded = decodeMetadata(encoded);
    require(JSON.stringify(Object.entries(decoded).sort()) ===
      JSON.stringify(Object.entries(lower).sort()), 'metadata comes back');
    return `${Math.min(Object.keys(given).length, 4)} entries`;
  },
};
