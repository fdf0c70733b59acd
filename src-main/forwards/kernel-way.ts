/** A connection to a port of another kernel of a cluster, from the main one, where the link ends. */
import type { Duplex } from 'node:stream';
import type { ForwardTarget } from '../../src-preload/contract/forwards.ts';
import { BerthError } from '../base/berth-error.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { reachInto } from './kernel-look.ts';

/**
 * Over the session's network where the program listens on it; else through `ssh` in the main kernel, since most programs
 * listen on the loopback of their own kernel alone.
 * @throws BerthError; a port that answers neither way fails with `service-failed`, at the latest as soon as that is known.
 */
export async function reachKernel(connection: SshConnection, { kernel, port }: ForwardTarget): Promise<Duplex> {
  try {
    return await connection.forward(port, kernel, true);
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== 'service-failed') throw error;
    const way = await connection.exec(reachInto(kernel, port));
    // The channel opens before anyone knows whether the port does: `ssh` says so by how it ends.
    way.failure = error;
    return way;
  }
}
