import { compileThreads } from '../../engine/pool/spare-threads.ts';
import { spawnScanWorker, startWorkerThread } from '../../engine/pool/worker-thread.ts';
import type { Teardown } from '../teardown.ts';

/** What a thread compiles for: a check of each file, or the image of a ruleset. */
export type Compilation = 'check' | 'image';

/**
 * Makes the next thread of this process that compiles a held one: it compiles only once `hold` has
 * resolved. Only tests that run one after the other may use it.
 */
export async function holdCompilations(t: Teardown, hold: (what: Compilation) => Promise<void>): Promise<void> {
  const real = startWorkerThread(spawnScanWorker);
  const killed = Promise.withResolvers<never>();
  killed.promise.catch(() => undefined);
  t.teardown(() => real.kill());
  await compileThreads.close();
  await compileThreads.giveBack({
    async ask(request, onNews) {
      const isCompilation = request.type === 'load' && request.origin.from === 'sources';
      if (request.type === 'check' || isCompilation) {
        await Promise.race([hold(request.type === 'check' ? 'check' : 'image'), killed.promise]);
      }
      return real.ask(request, onNews);
    },
    send: (request) => real.send(request),
    get alive() {
      return real.alive;
    },
    rest: () => real.rest(),
    wake: () => real.wake(),
    async kill(reason) {
      if (reason !== undefined) killed.reject(reason);
      await real.kill(reason);
    },
  });
}
