/** The contract's `logs` calls and stream. */
import type { Handlers, StreamHandlers } from '../handlers.ts';
import type { LogsService } from './logs-service.ts';

export function logsHandlers(service: LogsService): Handlers['logs'] {
  return {
    read: (input) => service.read(input),
    search: (input, { signal }) => service.search(input, signal),
    save: (input) => service.save(input),
    kept: () => service.kept(),
    clear: () => service.clear(),
  };
}

export function logsStreams(service: LogsService): StreamHandlers['logs'] {
  return { follow: (ref, port) => service.follow(ref, port) };
}
