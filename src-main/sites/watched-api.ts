/** An account's API that tells of every refusal: whoever meets an ended sign-in first, all of Berth knows it. */
import type { SiteApi } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';

/** @param report hears each BerthError that a call ends with; the caller gets it as well */
export function watchedApi<T extends SiteApi>(api: T, report: (error: BerthError) => void): T {
  const made = new Map<PropertyKey, unknown>();
  return new Proxy(api, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const known = made.get(name);
      if (known !== undefined) return known;
      const watched = (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, args);
        if (result instanceof Promise) {
          result.catch((error: unknown) => {
            if (error instanceof BerthError) report(error);
          });
        }
        return result;
      };
      made.set(name, watched);
      return watched;
    },
  });
}
