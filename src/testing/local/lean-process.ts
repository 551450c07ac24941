/**
 * Makes the process of each test file cheaper. AVA loads this before the tests.
 *
 * - AVA turns source maps on. Types are stripped in place, so our positions are right without them,
 *   and they double the price of every stack trace.
 * - V8 measures coverage in the process itself, but not in each of the thousand threads and
 *   processes that tests start: they run the same few files, and each would write half a megabyte.
 */
process.setSourceMapsEnabled(false);

const variable = 'NODE_V8_COVERAGE';
const folder = process.env[variable];
delete process.env[variable];

/** Measures coverage in threads and processes that this process starts from now on. */
export function coverThreads(): void {
  if (folder !== undefined) process.env[variable] = folder;
}
