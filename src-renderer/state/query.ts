/**
 * The one store of server state. Keys are contract names with their input, e.g. `['sessions.list', accountId, tab]`;
 * events patch the same entries, so nothing is fetched twice.
 */
import { QueryClient } from '@tanstack/react-query';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The main process tries again by itself and tells through events; a window asks once.
      retry: false,
      // The browser's own idea of being online says nothing about a bridge on this computer.
      networkMode: 'always',
      refetchOnWindowFocus: false,
      staleTime: Number.POSITIVE_INFINITY,
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
