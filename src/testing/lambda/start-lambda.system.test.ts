import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import test from 'ava';
import { startSqs } from './start-sqs.ts';
import { createJournal, fixture, startTestLambda } from './start-test-lambda.ts';

test('idle and busy processes end when their parent is killed', async (t) => {
  const sockets: Promise<unknown>[] = [];
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    sockets.push(once(socket.resume(), 'close'));
    server.emit('connected');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const module = JSON.stringify(fixture('connected').href);
  const source = `
    import { startLambda } from ${JSON.stringify(new URL('./start-lambda.ts', import.meta.url).href)};
    const options = { module: new URL(${module}), env: { PORT: '${port}' } };
    const lambda = await startLambda({ functions: { idle: options, busy: options } });
    await lambda.invoke('idle', null);
    await lambda.invoke('busy', 'hang');
  `;
  const parent = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', source],
    { env: { ...process.env, NODE_V8_COVERAGE: '' }, stdio: 'inherit' },
  );
  while (sockets.length < 2) await once(server, 'connected');
  parent.kill('SIGKILL');
  await Promise.all(sockets);
  t.is(sockets.length, 2);
});

test('handlers find the runtime and the queues by their environment, and idle waits for the work that they start', async (t) => {
  const sqs = await startSqs(t);
  const queueUrl = await sqs.createQueue('ends');
  const journal = createJournal(t);
  const env = { AWS_ENDPOINT_URL_SQS: sqs.endpoint, QUEUE_URL: queueUrl };
  const lambda = await startTestLambda(
    t,
    {
      chain: { module: fixture('chain'), env },
      batch: { module: fixture('batch'), env: { JOURNAL: journal.path } },
    },
    { sqs: sqs.client },
  );
  await lambda.map({ queueUrl, function: 'batch' });
  lambda.invokeAsync('chain', { left: 3 });
  await lambda.idle();
  t.like(lambda.stats('chain'), { invocations: 4, errors: 0 });
  t.is(journal.lines().length, 1);
});
