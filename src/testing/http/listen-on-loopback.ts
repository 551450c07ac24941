import type { Server } from 'node:http';
import { z } from 'zod';
import type { Teardown } from '../teardown.ts';

const addressSchema = z.object({ port: z.number() });

/**
 * Has a server listen on the loopback device, at a port that the system chooses, until the test
 * ends; then open connections are closed. Returns the port.
 */
export async function listenOnLoopback(t: Teardown, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return addressSchema.parse(server.address()).port;
}
