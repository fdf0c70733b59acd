/**
 * The services of a running session, as the two places that list them show them.
 */
import type { ServicePort } from '../runtime/kernel.ts';
import type { Session } from './session.ts';

/** sshd and ttyd first, then ports that the user opened, then what the image brings: the order of a real agent. */
function ordered(services: readonly ServicePort[]): readonly ServicePort[] {
  const rank = ({ name, protocol }: ServicePort): number =>
    name === 'sshd' ? 0 : name === 'ttyd' ? 1 : protocol === 'preopen' ? 2 : 3;
  return [...services].sort((a, b) => rank(a) - rank(b));
}

/** `GET /stream/session/{s}/apps` and the create answer. */
export function publicServices(session: Session): readonly Record<string, unknown>[] {
  return ordered(session.main.running?.services ?? []).map(({ name, protocol, containerPorts }) => ({
    name,
    protocol,
    ports: containerPorts,
    // The sandbox's services take what their definitions in the stock images take.
    ...(name === 'tensorboard' ? { allowed_arguments: ['--logdir'] } : {}),
  }));
}

/** GraphQL `service_ports`: `null` until the session runs. Nothing listens on host ports here, so there are none. */
export function rawServices(session: Session): readonly Record<string, unknown>[] | null {
  if (session.main.running === null) return null;
  return ordered(session.main.running.services).map(({ name, protocol, containerPorts }) => ({
    name,
    protocol,
    container_ports: containerPorts,
    host_ports: containerPorts.map(() => null),
    is_inference: false,
  }));
}
