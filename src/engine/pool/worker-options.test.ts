import { setImmediate as immediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { useEnvironment } from '../../testing/use-environment.ts';
import { workerOptions } from './worker-options.ts';
import { watchWorkerOutput } from './worker-output.ts';

const run = (script: string) =>
  new Promise<{ readonly answer: unknown; readonly worker: Worker }>((resolve, reject) => {
    const worker = new Worker(script, { ...workerOptions(), eval: true, execArgv: [] });
    worker.on('message', (answer) => resolve({ answer, worker }));
    worker.on('error', reject);
  });

test.serial('a scanning thread has no environment, no arguments, and cannot evaluate code from text', async (t) => {
  useEnvironment(t, { AWS_SECRET_ACCESS_KEY: 'secret' });
  const { answer } = await run(`
    const refused = (make) => { try { make(); return false; } catch (error) { return error.name; } };
    require('node:worker_threads').parentPort.postMessage({
      variables: Object.keys(process.env).filter((name) => !name.startsWith('NODE_')),
      argv: process.argv.slice(2),
      made: [() => eval('1'), () => Function('return 1'), () => (async () => 1).constructor('1')].map(refused),
    });`);
  t.deepEqual(answer, { variables: [], argv: [], made: ['EvalError', 'EvalError', 'EvalError'] });
  t.is(Function('return 1')(), 1, 'this thread is as it was');
});

test('a scanning thread has lost the ways out that the global objects of Node offer', async (t) => {
  const { answer } = await run(`
    import(${JSON.stringify(new URL('./close-doors.ts', import.meta.url).href)}).then(({ closeDoors }) => {
      closeDoors();
      const doors = ['binding', '_linkedBinding', 'dlopen', 'getBuiltinModule', 'kill', 'abort', 'execve'];
      const others = ['fetch', 'WebSocket', 'EventSource'];
      const left = [...doors.filter((name) => name in process), ...others.filter((name) => name in globalThis)];
      require('node:worker_threads').parentPort.postMessage(left);
    });`);
  t.deepEqual(answer, []);
});

test('output of a thread to its streams is reported on one harmless line, up to a limit', async (t) => {
  const reported: string[] = [];
  const { worker } = await run(`
    process.stdout.write('a\\n::error::b \\u001b[31m');
    for (let i = 0; i < 100; i += 1) setTimeout(() => console.error('x'), 5 * i);
    require('node:worker_threads').parentPort.postMessage(0);`);
  const output = watchWorkerOutput([worker.stdout, worker.stderr], (message) => reported.push(message));
  while (!output.isUsed) {
    output.look();
    await immediate();
  }
  await new Promise((resolve) => worker.on('exit', resolve));
  t.is(reported[0], 'A scan worker printed: a | ::error::b ?[31m');
  t.true(reported.length <= 20);
});
