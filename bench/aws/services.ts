/**
 * Runs the services in a separate process, so that their usage is not counted as the analyzer's.
 * Sends its parent the environment variables that locate them. Then it responds to each `take` with
 * the requests since the last one, and follows `delay`.
 */
import { startAwsServices } from '../../src/testing/aws/aws-services.ts';
import { startThrottlingFront, type ThrottlingFront } from '../../src/testing/http/throttling-front.ts';
import type { Teardown } from '../../src/testing/teardown.ts';
import { serveCorpus } from './corpus-server.ts';
import { type FromServices, toServices } from './services-protocol.ts';
import { typicalMs } from './typical-latency.ts';

const ends: (() => unknown)[] = [];
process.once('disconnect', async () => {
  for (const end of ends.reverse()) await end();
  process.exit();
});

const fronts = new Map<string, ThrottlingFront>();
let isDelayed = false;
const t: Teardown = { teardown: (end) => void ends.push(end) };
const services = await startAwsServices(t, {
  front: async (service, endpoint) => {
    const front = await startThrottlingFront(t, endpoint, {
      service,
      ...(service === 'S3' ? { serve: serveCorpus(endpoint) } : {}),
      capacity: service === 'DYNAMODB',
      delayMs: () => (isDelayed ? typicalMs[service] : 0),
    });
    fronts.set(service === 'DYNAMODB' ? 'DynamoDB' : service, front);
    return front.endpoint;
  },
});

function send(message: FromServices): void {
  process.send?.(message);
}

process.on('message', (raw) => {
  const message = toServices.parse(raw);
  if (message.type === 'delay') {
    isDelayed = message.on;
    return send({ type: 'delayed' });
  }
  const calls: [string, number][] = [];
  const units = { readUnits: 0, writeUnits: 0 };
  for (const [service, { counts, units: taken }] of fronts) {
    for (const [action, count] of counts) calls.push([`${service} ${action}`, count]);
    counts.clear();
    units.readUnits += taken.read;
    units.writeUnits += taken.write;
    taken.read = 0;
    taken.write = 0;
  }
  send({ type: 'taken', calls, ...units });
});
send({ type: 'ready', env: services.env, endpoints: services.endpoints });
