/**
 * Runs a handler of `src/handlers` (environment variable `BENCH_HANDLER`, a URL), and measures it
 * inside its process.
 */
import type { LambdaContext } from '../../src/handlers/invocation.ts';

const loaded: { readonly handler: (event: unknown, context: LambdaContext) => Promise<unknown> } = await import(
  process.env['BENCH_HANDLER'] ?? ''
);

export async function handler(event: unknown, context: LambdaContext): Promise<unknown> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const answer = await loaded.handler(event, context);
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { answer, wallMs, cpuMs: (user + system) / 1000 };
}
