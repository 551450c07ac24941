import { access, constants, statfs } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../domain/errors.ts';
import { formatBytes } from '../output/output.ts';
import type { CheckResult } from './check-result.ts';

const lowDiskBytes = 1024 ** 3;
const fullDiskBytes = 100 * 1024 ** 2;

/** Room on the disk of the state folder, or of the nearest folder above it that exists. */
export async function checkDisk(stateDir: string): Promise<CheckResult> {
  const check = 'disk';
  for (let dir = stateDir; ; dir = path.dirname(dir)) {
    try {
      await access(dir, constants.W_OK);
      const { bavail, bsize } = await statfs(dir);
      const free = bavail * bsize;
      const detail = `${formatBytes(free)} free at ${dir}`;
      if (free < fullDiskBytes)
        return { check, status: 'fail', detail: `${detail}: free space, or move the state with --state.` };
      if (free < lowDiskBytes)
        return { check, status: 'warn', detail: `${detail}: uploads are copied there; free space.` };
      return { check, status: 'ok', detail };
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isMissing || dir === path.dirname(dir)) {
        return {
          check,
          status: 'fail',
          detail: `${dir} is not writable: ${messageOf(error)}. Use another folder with --state.`,
        };
      }
    }
  }
}
