import type { CheckResult } from './check-result.ts';

const leastNodeMajor = 24;

/** @param version as in `process.version` */
export function checkNode(version: string): CheckResult {
  const major = Number(/^v(\d+)/.exec(version)?.[1]);
  return major >= leastNodeMajor
    ? { check: 'node', status: 'ok', detail: version }
    : {
        check: 'node',
        status: 'fail',
        detail: `${version} is too old: use ${leastNodeMajor} or newer, or run through npm.`,
      };
}
