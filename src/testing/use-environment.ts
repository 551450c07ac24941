import type { Teardown } from './teardown.ts';

/**
 * Sets environment variables of this process, for example for the SDK, until the test ends. Only
 * for serial tests.
 */
export function useEnvironment(t: Teardown, env: Readonly<Record<string, string>>): void {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  t.teardown(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}
