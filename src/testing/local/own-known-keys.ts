import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives the process of each test file, and the processes that it starts, a folder of their own for
 * what a user keeps outside of any state folder. AVA loads this before the tests: none of them
 * writes into the home of the person who runs them.
 */
const folder = mkdtempSync(join(tmpdir(), 'rearview-user-'));
process.env['XDG_STATE_HOME'] = folder;
process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
delete process.env['LOCALAPPDATA'];
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
