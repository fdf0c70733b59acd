/**
 * Where parameters of a POST stand. Releases from 26.3 to 26.8 moved them between query and body and back, within patch
 * releases too (API reference, section 4.1). Every release ignores what stands in the place that it does not read, so
 * they are sent in both.
 */
import type { SiteRequest } from './site-client.ts';

export function everywhere(
  parameters: Readonly<Record<string, string>>,
): Required<Pick<SiteRequest, 'method' | 'query' | 'json'>> {
  return { method: 'POST', query: parameters, json: parameters };
}
